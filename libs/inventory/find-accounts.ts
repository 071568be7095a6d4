import type { Tx } from '#libs/postgres';
import { selectAccounts } from './account.sql.js';
import { inTree, type AccountScope } from './references.js';
import type { Account } from './rows.js';

/** Accounts that several callers name, at their indexes: undefined where there is none in the caller's tree. */
export async function findAccountsFor(
  tx: Tx,
  asked: { scope: AccountScope; accountId: string }[],
): Promise<(Account | undefined)[]> {
  const rows = await selectAccounts(tx, [...new Set(asked.map(({ accountId }) => accountId))]);
  const accounts = new Map(rows.map((row) => [row.accountId, row]));
  return asked.map(({ scope, accountId }) => {
    const account = accounts.get(accountId);
    return account && inTree(scope, account.tenantId, account.path) ? account : undefined;
  });
}

/** Whether an account exists and is the actor's own or below it. */
export async function accountInTree(tx: Tx, scope: AccountScope, accountId: string): Promise<boolean> {
  const [account] = await findAccountsFor(tx, [{ scope, accountId }]);
  return account !== undefined;
}
