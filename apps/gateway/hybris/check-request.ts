import { isISO31661Alpha2 } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import type { ApiClient } from '#libs/access';
import { SimyardError } from '#libs/errors';
import { accountsOfBusinessUnit } from '#libs/inventory';
import type { Tx } from '#libs/postgres';
import { mandatoryParameters } from './read-orders.js';

/** Seed 004: the headers client_id, client_secret and X-Correlation-ID are required; a bearer token does not stand in for them. */
export function checkHeaders({ headers, correlationId }: FastifyRequest): void {
  if (headers['client_id'] === undefined || headers['client_secret'] === undefined) {
    throw new SimyardError('UNAUTHENTICATED');
  }
  // One that is unusable was replaced.
  if (headers['x-correlation-id'] !== correlationId) {
    throw new SimyardError('REQUEST_INVALID', {
      message: `${mandatoryParameters}: the header X-Correlation-ID must be 1 to 255 printable characters`,
    });
  }
  if (!takesJson(headers.accept)) throw new SimyardError('NOT_ACCEPTABLE');
}

const takesJson = (accept = '*/*'): boolean => /(application\/(json|\*)|\*\/\*)/i.test(accept);

/**
 * The accounts of a business unit that the client may act for. Throws REQUEST_INVALID for what is no country,
 * BUSINESS_UNIT_NOT_CONFIGURED, and FORBIDDEN for one that is not the client's.
 */
export async function accountsOfUnit(tx: Tx, { businessIds }: ApiClient, businessId: string): Promise<string[]> {
  if (!/^[A-Z]{2}$/.test(businessId) || !isISO31661Alpha2(businessId)) {
    throw new SimyardError('REQUEST_INVALID', {
      message: `${mandatoryParameters}: businessId must be a country code of ISO 3166, two upper-case letters`,
    });
  }
  const accountIds = await accountsOfBusinessUnit(tx, businessId);
  if (accountIds.length === 0) throw new SimyardError('BUSINESS_UNIT_NOT_CONFIGURED', { details: { businessId } });
  if (!businessIds.includes(businessId)) {
    throw new SimyardError('FORBIDDEN', { message: `The client may not act for business id ${businessId}.` });
  }
  return accountIds;
}
