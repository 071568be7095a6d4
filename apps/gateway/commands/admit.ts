import { asSimyardError } from '#libs/errors';
import type { ResourceTypeSource } from '#libs/inventory';
import type { Transactions } from '#libs/postgres';
import { admitBatch, type AdmissionEnd } from './admit-batch.js';
import type { Admission } from './plan-admission.js';

const attempts = 3;

/**
 * Admits writes in one transaction, and each by itself when that fails for the sake of one. Never throws: what went
 * wrong is a write's end, after which the caller repeats with the same key.
 */
export async function admit(
  database: Transactions,
  types: ResourceTypeSource,
  batch: Admission[],
): Promise<AdmissionEnd[]> {
  try {
    return await admitTogether(database, types, batch);
  } catch (error) {
    const away = asSimyardError(error).code === 'DATABASE_UNAVAILABLE';
    if (away || batch.length === 1) return batch.map(() => ({ status: 'FAILED', error }));
    return (await Promise.all(batch.map((admission) => admit(database, types, [admission])))).flat();
  }
}

async function admitTogether(
  database: Transactions,
  types: ResourceTypeSource,
  batch: Admission[],
): Promise<AdmissionEnd[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.transaction(async (tx) => admitBatch(tx, await types(tx), batch));
    } catch (error) {
      const { code } = asSimyardError(error);
      // A lost connection may have taken the reply to a commit that was done. The next attempt waits for what is left
      // of the first at the unique key, and then finds its own operation there.
      const mayHelp =
        (code === 'DATABASE_UNAVAILABLE' && attempt === 1) || (code === 'CONCURRENT_CHANGE' && batch.length === 1);
      if (!mayHelp || attempt >= attempts) throw error;
    }
  }
}
