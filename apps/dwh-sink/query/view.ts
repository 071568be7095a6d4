import type { ApiClient } from '#libs/access';
import type { Tx } from '#libs/postgres';

/** The rows that a client may see: those of its tenant and, below the root, of its account and the accounts under it. */
export interface View {
  tenantId: string;
  /** null: all of the tenant */
  accountIds: string[] | null;
}

/** Reads the client's part of the account tree, in the main database. */
export async function viewOf(mainDatabase: Tx, client: ApiClient): Promise<View> {
  const { tenantId, accountId } = client;
  if (accountId === tenantId) return { tenantId, accountIds: null };
  const rows = await mainDatabase.query<{ accountId: string }>(
    `select account_id as "accountId" from inventory.account where tenant_id = $1 and path @> array[$2]`,
    [tenantId, accountId],
  );
  return { tenantId, accountIds: rows.map((row) => row.accountId) };
}

/** Condition on tenant_id and account_id of a table; the view's two values are parameters `first` and `first + 1`. */
export function visibleTo(first: number): string {
  return `(tenant_id = $${first} and ($${first + 1}::text[] is null or account_id = any($${first + 1}::text[])))`;
}
