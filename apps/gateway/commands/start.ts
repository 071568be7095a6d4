import type { Config } from '#libs/config';
import { SimyardError } from '#libs/errors';
import { readAnswers, type KeyHolder } from '#libs/operations';
import type { Database } from '#libs/postgres';
import { newId } from '#libs/runtime';
import type { Relay } from '#libs/transactions';
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

export function createStart(
  database: Database,
  relay: Pick<Relay, 'wake'>,
  config: Pick<Config, 'operationDeadlineMs'>,
): Start {
  return async (write) => {
    const operationId = write.operationId ?? newId();
    const admission = planAdmission(write, operationId, new Date(), config.operationDeadlineMs);
    const claim = await admit(database, admission);
    if (!claim.claimed) {
      return { operationId: await repeatedOperation(database, admission, claim.holder), repeated: true };
    }
    relay.wake();
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
