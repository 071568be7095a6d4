import { isUUID } from 'class-validator';
import type { ApiClient } from '#libs/access';
import { SimyardError } from '#libs/errors';
import { readService, type Service } from '#libs/inventory';
import type { Tx } from '#libs/postgres';

/** Throws SUBSCRIBER_NOT_FOUND for one that is not in the client's account tree. */
export async function findService(tx: Tx, client: ApiClient, id: string): Promise<Service> {
  const service = isUUID(id) ? await readService(tx, client, id) : undefined;
  if (!service) throw new SimyardError('SUBSCRIBER_NOT_FOUND', { message: 'There is no such service.' });
  return service;
}
