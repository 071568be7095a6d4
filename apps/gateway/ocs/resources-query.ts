import { IsBooleanString, IsNotEmpty, IsOptional, IsString, IsUUID, Matches, MaxLength } from 'class-validator';
import { maxTextLength } from '#libs/contracts';
import { SimyardError } from '#libs/errors';
import type { ResourcePage, ResourceRead, SubscriberDetails } from '#libs/inventory';

/** Query of GET …/resources: a subscriber by refId or externalId (one of them), and which of its resources. */
export class ResourcesQuery {
  @IsOptional()
  @IsUUID()
  refId?: string;

  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(maxTextLength)
  externalId?: string;

  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(64)
  resourceType?: string;

  /** also the values that have ended */
  @IsOptional()
  @IsBooleanString()
  historyIncluded?: string;

  /** from 0 */
  @IsOptional()
  @Matches(/^\d{1,6}$/, { message: 'page must be a whole number from 0' })
  page?: string;

  /** rows of a page, 50 by default */
  @IsOptional()
  @Matches(/^([1-9]\d?|1\d\d|200)$/, { message: 'size must be a whole number from 1 to 200' })
  size?: string;
}

const defaultSize = 50;

export function toResourceRead({ refId, externalId, ...query }: ResourcesQuery): ResourceRead {
  if (refId === undefined && externalId === undefined) throw new SimyardError('SUBSCRIBER_REQUIRED');
  return {
    reference: { ...(refId !== undefined && { refId }), ...(externalId !== undefined && { externalId }) },
    resourceType: query.resourceType,
    historyIncluded: query.historyIncluded === 'true' || query.historyIncluded === '1',
    page: Number(query.page ?? 0),
    size: Number(query.size ?? defaultSize),
  };
}

/** The answer's body: a page of resources, those that have ended with their `validTo`. */
export function resourcePage(read: ResourceRead, page: ResourcePage & { subscriber: SubscriberDetails }): unknown {
  const { subscriberId, externalId, state } = page.subscriber;
  return {
    subscriber: { refId: subscriberId, externalId, state },
    resources: page.resources,
    page: read.page,
    size: read.size,
    total: page.total,
  };
}
