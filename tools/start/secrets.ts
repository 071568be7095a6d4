import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createClient, listClients, revokeClient, type CreatedClient, type NewClient } from '#libs/access';
import type { Tx } from '#libs/postgres';
import { writePrivate } from './home.js';

/** What a demo has to remember although the product does not: secrets are shown once, and stored as hashes. */
export interface Secrets {
  pepper: string;
  clients: CreatedClient[];
}

/** One client per tenant, one that sees a sub-account only, and an administrator. */
const demoClients: NewClient[] = [
  { username: 'acme-crm', accountId: 'ACME', businessIds: ['TT', 'BB', 'JM'] },
  { username: 'globex-crm', accountId: 'GLOBEX', businessIds: ['PA', 'PR'] },
  { username: 'acme-tt-portal', accountId: 'ACME-TT', businessIds: ['TT'] },
  { username: 'acme-admin', accountId: 'ACME', businessIds: ['TT', 'BB', 'JM'], scopes: ['admin'] },
];

/** The secrets of earlier runs; a pepper is made when there are none, and kept. */
export async function readSecrets(file: string): Promise<Secrets> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text !== undefined) return JSON.parse(text) as Secrets;
  const fresh: Secrets = { pepper: randomBytes(32).toString('hex'), clients: [] };
  writePrivate(file, fresh);
  return fresh;
}

/** The demo's clients, those that are missing in the database made anew. Their accounts must exist. */
export async function ensureClients(tx: Tx, file: string, { pepper, clients }: Secrets): Promise<CreatedClient[]> {
  const live = (await listClients(tx)).filter((client) => client.revokedAt === null);
  const ensured: CreatedClient[] = [];
  for (const wanted of demoClients) {
    const isWanted = ({ username, accountId }: NewClient): boolean =>
      username === wanted.username && accountId === wanted.accountId;
    const existing = live.find(isWanted);
    const known = clients.find((client) => client.clientId === existing?.clientId);
    if (existing && !known) await revokeClient(tx, existing.clientId);
    ensured.push(known ?? (await createClient(tx, pepper, wanted)));
  }
  writePrivate(file, { pepper, clients: ensured } satisfies Secrets);
  return ensured;
}

/** The client with this username; it is one of the demo's. */
export function clientNamed(clients: CreatedClient[], username: string): CreatedClient {
  const found = clients.find((client) => client.username === username);
  if (!found) throw new Error(`There is no client ${username}`);
  return found;
}
