import type { Tx } from '#libs/postgres';
import type { CallbackFacade } from './event.js';

export interface Subscription {
  subscriptionId: string;
  callback: string;
  query: string | null;
}

export interface NewSubscription extends Subscription {
  tenantId: string;
  accountId: string;
  clientId: string;
  sealedSecret: string;
  facade: CallbackFacade;
}

/** A client registers one after the other, so that it cannot have more than it may. Ends with the transaction. */
export async function lockSubscriptionsOf(tx: Tx, clientId: string): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('callbacks of ' || $1, 0))`, [clientId]);
}

export async function countSubscriptions(tx: Tx, clientId: string): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    'select count(*)::int as count from callbacks.subscription where client_id = $1',
    [clientId],
  );
  return row?.count ?? 0;
}

export async function insertSubscription(tx: Tx, row: NewSubscription): Promise<void> {
  await tx.execute(
    `insert into callbacks.subscription
       (subscription_id, tenant_id, account_id, client_id, callback, query, sealed_secret, facade, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp())`,
    [
      row.subscriptionId,
      row.tenantId,
      row.accountId,
      row.clientId,
      row.callback,
      row.query,
      row.sealedSecret,
      row.facade,
    ],
  );
}

/** Subscriptions of a client in a facade, the oldest first. */
export function listSubscriptions(tx: Tx, clientId: string, facade: CallbackFacade = 'cmo'): Promise<Subscription[]> {
  return tx.query<Subscription>(
    `select subscription_id as "subscriptionId", callback, query from callbacks.subscription
     where client_id = $1 and facade = $2 order by created_at, subscription_id`,
    [clientId, facade],
  );
}

/** Returns whether the client had it. What was not delivered by it is given up when it is due. */
export async function deleteSubscription(
  tx: Tx,
  clientId: string,
  subscriptionId: string,
  facade: CallbackFacade = 'cmo',
): Promise<boolean> {
  const deleted = await tx.execute(
    'delete from callbacks.subscription where client_id = $1 and subscription_id = $2 and facade = $3',
    [clientId, subscriptionId, facade],
  );
  return deleted > 0;
}

/** Replaces the client's secret, if it has one. */
export async function saveClientSecret(tx: Tx, clientId: string, sealedSecret: string): Promise<void> {
  await tx.execute(
    `insert into callbacks.client_secret (client_id, sealed_secret, created_at) values ($1, $2, clock_timestamp())
     on conflict (client_id) do update set sealed_secret = excluded.sealed_secret, created_at = excluded.created_at`,
    [clientId, sealedSecret],
  );
}

export async function hasClientSecret(tx: Tx, clientId: string): Promise<boolean> {
  return (await tx.query('select 1 from callbacks.client_secret where client_id = $1', [clientId])).length > 0;
}

/** For a client that is revoked: nothing more is sent for it. */
export async function deleteCallbacksOf(tx: Tx, clientId: string): Promise<void> {
  await tx.execute('delete from callbacks.subscription where client_id = $1', [clientId]);
  await tx.execute('delete from callbacks.client_secret where client_id = $1', [clientId]);
}
