import { insertAccounts, writeInventory, type InventoryRows } from '#libs/inventory';
import type { Database, Tx } from '#libs/postgres';
import { accounts, viewOf } from './inventory.js';

/** Inserts rows made with `subscriberRow`, `resourceRow` and `simRow`, and the accounts they are in. */
export function saveInventory(database: Database, rows: Partial<InventoryRows>): Promise<void> {
  return database.transaction(async (tx) => {
    await saveAccounts(tx);
    const loaded = { subscribers: new Map(), resources: new Map(), sims: new Map() };
    await writeInventory(tx, { ...viewOf(rows), loaded });
  });
}

export const saveAccounts = (tx: Tx): Promise<number> =>
  insertAccounts(
    tx,
    accounts.map(({ accountId, path }) => {
      const parentId = path.at(-2);
      return { accountId, name: accountId, ...(parentId === undefined ? {} : { parentId }) };
    }),
  );
