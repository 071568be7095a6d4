import type { Config } from '#libs/config';
import { SimyardError } from '#libs/errors';
import { resourceTypeSource } from '#libs/inventory';
import { readAnswers, type KeyHolder } from '#libs/operations';
import type { Database, Transactions } from '#libs/postgres';
import { inBatches, newId } from '#libs/runtime';
import type { CallersBell } from '#libs/transactions';
import { counted } from './admission-metrics.js';
import type { AdmissionEnd } from './admit-batch.js';
import { admit } from './admit.js';
import { planAdmission, type Admission, type Write } from './plan-admission.js';

/** Injection token of Start. */
export const START = Symbol('start');

/** The operation that a write started, or that the request it repeats has started. */
export interface Started {
  operationId: string;
  repeated: boolean;
}

/**
 * Admits a write and returns once that is committed; its command is carried out from then on, whatever happens here. A
 * repeat of a request changes nothing. Throws LOCKED (`details.operationId` has the lock; nothing is stored),
 * REQUEST_ID_REUSED, DATABASE_UNAVAILABLE.
 */
export type Start = (write: Write) => Promise<Started>;

/** Two transactions at a time: one that waits for a row does not hold up what comes, and the batches still grow under load. */
const limits = { atOnce: 2, largest: 100, waiting: 5000 };

export function createStart(
  database: Database,
  bell: Pick<CallersBell, 'written'>,
  config: Pick<Config, 'operationDeadlineMs' | 'bulkDeadlineMs'>,
): Start {
  const types = resourceTypeSource();
  const admitWithOthers = inBatches(
    async (batch: Admission[]) => counted(await admit(database.prepared, types, batch)),
    limits,
  );
  /** What stages rows may fail by them, or take long: it goes alone. */
  const admitAlone = async (admission: Admission, pool: Transactions): Promise<AdmissionEnd | undefined> =>
    counted(await admit(pool, types, [admission]))[0];

  return async (write) => {
    const operationId = write.operationId ?? newId();
    // A bulk holds its lock, and its operation is open, until its last item has ended.
    const deadlineMs = write.bulkAction ? config.bulkDeadlineMs : config.operationDeadlineMs;
    const admission = planAdmission(write, operationId, new Date(), deadlineMs);
    const end = admission.stage
      ? // The rows of a bulk are worth a plan for their number.
        await admitAlone(admission, write.bulkAction ? database : database.prepared)
      : await admitWithOthers(admission);
    if (end?.status === 'REPEATED') {
      return { operationId: await repeatedOperation(database, admission, end.holder), repeated: true };
    }
    if (end?.status === 'LOCKED') throw new SimyardError('LOCKED', { details: { operationId: end.operationId } });
    if (end?.status !== 'ADMITTED') throw end?.error;
    bell.written();
    return { operationId, repeated: false };
  };
}

/** The operation of the request that this one repeats. */
async function repeatedOperation(database: Database, { requestKey }: Admission, holder: KeyHolder): Promise<string> {
  if (holder.fingerprint !== requestKey.fingerprint) throw new SimyardError('REQUEST_ID_REUSED');
  const kept = await readAnswers(database, [holder.operationId]);
  if (kept.has(holder.operationId)) return holder.operationId;
  throw new SimyardError('REQUEST_ID_REUSED', {
    message: 'requestId was used before, and its answer is no longer kept.',
  });
}
