import { IntersectionType } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { maxTextLength } from '#libs/contracts';
import type { ServiceFilter } from '#libs/inventory';
import { serviceStates, subscriberStateOf, type ServiceState } from '#libs/services';
import { FieldsQuery, selectFields } from '../http/fields.js';
import { PageQuery } from './page.js';
import { descriptionNames } from './read-new-service.js';
import type { ServiceBody } from './service-body.js';

/** Query of GET /service: filters on attributes of the first level. */
export class ServicesQuery extends IntersectionType(PageQuery, FieldsQuery) {
  @IsOptional()
  @IsUUID()
  id?: string;

  @IsOptional()
  @IsIn(serviceStates)
  state?: ServiceState;

  @IsOptional()
  @IsString()
  @MaxLength(maxTextLength)
  name?: string;

  @IsOptional()
  @IsString()
  @MaxLength(maxTextLength)
  description?: string;

  @IsOptional()
  @IsString()
  @MaxLength(maxTextLength)
  category?: string;

  @IsOptional()
  @IsString()
  @MaxLength(maxTextLength)
  serviceType?: string;
}

export function filterOf(query: ServicesQuery): ServiceFilter {
  const described = descriptionNames.flatMap((name) => {
    const value = query[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const state = subscriberStateOf(query.state);
  return {
    id: query.id,
    states: state && [state],
    attributes: described.length > 0 ? Object.fromEntries(described) : undefined,
  };
}

/** The attributes of a service, which may be asked for. */
const attributes: readonly string[] = [
  ...['state', 'serviceDate', 'startDate', 'serviceSpecification', 'serviceCharacteristic', 'relatedParty'],
  ...['supportingResource', ...descriptionNames],
];

export const shownBy = (query: Pick<FieldsQuery, 'fields'>): ((service: ServiceBody) => object) =>
  selectFields(query, attributes, 'service');
