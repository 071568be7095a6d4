import type { Tx } from '#libs/postgres';
import type { Actor, ApiClient, NewClient } from './api-client.js';

export interface StoredClient extends ApiClient {
  secretHash: Buffer;
}

export interface ListedClient extends ApiClient {
  createdAt: Date;
  revokedAt: Date | null;
}

const clientColumns = `client_id as "clientId", username, tenant_id as "tenantId", account_id as "accountId",
  business_ids as "businessIds", scopes`;

/** Returns the client with its account's tenant, or nothing when there is no such account. */
export async function insertClient(
  tx: Tx,
  client: NewClient & { clientId: string; secretHash: Buffer },
): Promise<ApiClient | undefined> {
  const [row] = await tx.query<ApiClient>(
    `insert into access.api_client (client_id, secret_hash, username, tenant_id, account_id, business_ids, scopes)
     select $1, $2, $3, account.tenant_id, account.account_id, $5, $6
     from inventory.account where account_id = $4
     returning ${clientColumns}`,
    [
      client.clientId,
      client.secretHash,
      client.username,
      client.accountId,
      client.businessIds ?? [],
      client.scopes ?? [],
    ],
  );
  return row;
}

/** Returns whether there was such a client that was not revoked yet. */
export async function markRevoked(tx: Tx, clientId: string): Promise<boolean> {
  const changed = await tx.execute(
    'update access.api_client set revoked_at = clock_timestamp() where client_id = $1 and revoked_at is null',
    [clientId],
  );
  return changed > 0;
}

export async function findLiveClient(tx: Tx, clientId: string): Promise<StoredClient | undefined> {
  const [row] = await tx.query<StoredClient>(
    `select ${clientColumns}, secret_hash as "secretHash" from access.api_client
     where client_id = $1 and revoked_at is null`,
    [clientId],
  );
  return row;
}

/** All clients, revoked ones too, by tenant and username. */
export function selectClients(tx: Tx): Promise<ListedClient[]> {
  return tx.query<ListedClient>(
    `select ${clientColumns}, created_at as "createdAt", revoked_at as "revokedAt" from access.api_client
     order by tenant_id, username, created_at`,
  );
}

/** The users among `pairs` that have a client which is not revoked. */
export function selectActors(tx: Tx, pairs: { tenant: string; username: string }[]): Promise<Actor[]> {
  return tx.query<Actor>(
    `select username, tenant_id as "tenantId", account_id as "accountId" from access.api_client
     join unnest($1::text[], $2::text[]) as wanted (tenant_id, username) using (tenant_id, username)
     where revoked_at is null`,
    [pairs.map((pair) => pair.tenant), pairs.map((pair) => pair.username)],
  );
}
