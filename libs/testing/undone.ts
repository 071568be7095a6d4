import type { Transactions, Tx } from '#libs/postgres';

/** Does `work` in a transaction that changes nothing. */
export async function undone(transactions: Transactions, work: (tx: Tx) => Promise<unknown>): Promise<void> {
  let done = false;
  const transaction = transactions.transaction(async (tx) => {
    await work(tx);
    done = true;
    throw new Error('undo');
  });
  await transaction.catch((error: unknown) => {
    if (!done) throw error;
  });
}
