import { randomUUID } from 'node:crypto';
import { SimyardError } from '#libs/errors';
import { isUniqueViolation, type Tx } from '#libs/postgres';
import type { ApiClient, NewClient } from './api-client.js';
import { insertClient, markRevoked, selectClients, type ListedClient } from './api-client.sql.js';
import { generateSecret, hashSecret } from './secret.js';

export interface CreatedClient extends ApiClient {
  /** shown this once; only its hash is stored */
  clientSecret: string;
}

/** A username stands in Kafka headers and in the keys of requestIds. */
const usableName = /^[^\p{C}]{1,255}$/u;

/**
 * Makes a client. Throws ACCOUNT_NOT_FOUND, or REQUEST_INVALID when the username has control characters, is empty or
 * too long, or belongs to another live client of the tenant.
 */
export async function createClient(tx: Tx, pepper: string, client: NewClient): Promise<CreatedClient> {
  if (!usableName.test(client.username)) {
    throw new SimyardError('REQUEST_INVALID', {
      message: 'The username must be 1 to 255 characters, none of control.',
    });
  }
  const clientSecret = generateSecret();
  const row = { ...client, clientId: randomUUID(), secretHash: hashSecret(pepper, clientSecret) };
  const created = await insertClient(tx, row).catch((error: unknown) => {
    if (!isUniqueViolation(error)) throw error;
    throw new SimyardError('REQUEST_INVALID', { message: 'The username belongs to another client of the tenant.' });
  });
  if (!created) throw new SimyardError('ACCOUNT_NOT_FOUND', { details: { accountId: client.accountId } });
  return { ...created, clientSecret };
}

/** Ends a client's access, also by tokens it holds, within the 5 s that services remember a client; NOT_FOUND if it has none. */
export async function revokeClient(tx: Tx, clientId: string): Promise<void> {
  if (!(await markRevoked(tx, clientId))) throw new SimyardError('NOT_FOUND', { message: 'No such live client.' });
}

export const listClients = (tx: Tx): Promise<ListedClient[]> => selectClients(tx);
