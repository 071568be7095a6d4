import type { Tx } from '#libs/postgres';
import type { Account } from './rows.js';

export interface NewAccount {
  accountId: string;
  /** undefined for a root account, which is its own tenant */
  parentId?: string;
  name: string;
}

/**
 * Inserts a tree of accounts whose parents are in the list or exist already; those that exist are left as they are.
 * Returns how many were inserted. An account whose parent is nowhere is not inserted.
 */
export const insertAccounts = (tx: Tx, accounts: NewAccount[]): Promise<number> =>
  tx.execute(
    `with recursive
       wanted as (
         select * from unnest($1::text[], $2::text[], $3::text[]) as account(account_id, parent_id, name)
       ),
       placed as (
         select wanted.account_id, wanted.parent_id, wanted.name,
                coalesce(parent.path, '{}') || wanted.account_id as path
         from wanted left join inventory.account parent on parent.account_id = wanted.parent_id
         where wanted.parent_id is null or parent.account_id is not null
         union
         select wanted.account_id, wanted.parent_id, wanted.name, placed.path || wanted.account_id
         from wanted join placed on placed.account_id = wanted.parent_id
       )
     insert into inventory.account (account_id, tenant_id, parent_id, name, path)
     select account_id, path[1], parent_id, name, path from placed order by placed.path
     on conflict (account_id) do nothing`,
    [
      accounts.map((account) => account.accountId),
      accounts.map((account) => account.parentId ?? null),
      accounts.map((account) => account.name),
    ],
  );

export const selectAccounts = (tx: Tx, accountIds: string[]): Promise<Account[]> =>
  tx.query<Account>(
    `select account_id as "accountId", tenant_id as "tenantId", path
     from inventory.account where account_id = any($1)`,
    [accountIds],
  );

/** Ids of an account and all accounts below it; empty when it does not exist. */
export async function accountsOf(tx: Tx, accountId: string): Promise<string[]> {
  const rows = await tx.query<{ accountId: string }>(
    `select account_id as "accountId" from inventory.account where path @> array[$1::text] order by path`,
    [accountId],
  );
  return rows.map((row) => row.accountId);
}

/** Holds accounts' rows until the end of the transaction, so that no handler acts on them meanwhile; in id order. */
export const shareAccounts = (tx: Tx, accountIds: string[]): Promise<unknown> =>
  tx.query(`select from inventory.account where account_id = any($1) order by account_id for share`, [accountIds]);

/**
 * Locks accounts in the order of their ids and returns them with a moment after the last lock. The lock covers an
 * account's external parameters; it lets readers pass.
 */
export async function lockAccounts(tx: Tx, accountIds: string[]): Promise<{ now: Date; accounts: Account[] }> {
  // The clock is read outside the CTE, row by row: inside, it would be read before the row is locked.
  const rows = await tx.query<{ now: number } & { [Column in keyof Account]: Account[Column] | null }>(
    `with locked as materialized (
       select account_id, tenant_id, path from inventory.account where account_id = any($1)
       order by account_id
       for no key update
     )
     select (extract(epoch from clock_timestamp()) * 1000)::float8 as now, account_id as "accountId",
            tenant_id as "tenantId", path
     from (values (1)) as always left join locked on true`,
    [accountIds],
  );
  const now = new Date(Math.max(...rows.map((row) => row.now)));
  return { now, accounts: rows.filter((row): row is Account & { now: number } => row.accountId !== null) };
}
