import { IsIn, IsNotEmpty, IsOptional, IsString, IsUUID, Matches, MaxLength } from 'class-validator';
import { maxTextLength } from '#libs/contracts';
import type { ServiceFilter } from '#libs/inventory';
import { descriptionNames, invalid } from './read-new-service.js';
import type { ServiceBody } from './service-body.js';
import { serviceStates, subscriberStateOf, type ServiceState } from '#libs/services';

/** Query of GET /service/{id}. */
export class FieldsQuery {
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(200)
  fields?: string;
}

/** Query of GET /service: filters on attributes of the first level. */
export class ServicesQuery extends FieldsQuery {
  @IsOptional()
  @Matches(/^\d{1,7}$/, { message: 'offset must be a whole number from 0' })
  offset?: string;

  @IsOptional()
  @Matches(/^([1-9]\d?|100)$/, { message: 'limit must be a whole number from 1 to 100' })
  limit?: string;

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

const defaultLimit = 20;

/** Which part of a list is asked for. */
export const pageOf = ({
  offset,
  limit,
}: {
  offset?: string | undefined;
  limit?: string | undefined;
}): { offset: number; limit: number } => ({
  offset: Number(offset ?? 0),
  limit: Number(limit ?? defaultLimit),
});

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

const always: readonly string[] = ['id', 'href', '@type'];
const attributes: readonly string[] = [
  ...always,
  ...['state', 'serviceDate', 'startDate', 'serviceSpecification', 'serviceCharacteristic', 'relatedParty'],
  ...['supportingResource', ...descriptionNames],
];

/** Leaves of a service what a query asks for, and what names it. Throws REQUEST_INVALID for what no service has. */
export function shownBy({ fields }: FieldsQuery): (service: ServiceBody) => object {
  if (fields === undefined) return (service) => service;
  const wanted = fields.split(',').map((name) => name.trim());
  const unknown = wanted.find((name) => !attributes.includes(name));
  if (unknown !== undefined) throw invalid('fields', `has ${unknown}, which no service has`);
  const kept = new Set([...always, ...wanted]);
  return (service) => Object.fromEntries(Object.entries(service).filter(([name]) => kept.has(name)));
}
