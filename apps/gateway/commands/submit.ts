import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '#libs/runtime';
import type { Config } from '#libs/config';
import { SimyardError } from '#libs/errors';
import { isOpen, readAnswers, type KeyHolder, type OperationAnswer } from '#libs/operations';
import type { Database } from '#libs/postgres';
import type { Relay } from '#libs/transactions';
import { admit } from './admit.js';
import type { OutcomePoller } from './outcome-poller.js';
import { planAdmission, type Admission, type Write } from './plan-admission.js';

const lastLookMs = 1000;

/** Injection token of Submit. */
export const SUBMIT = Symbol('submit');

/** Ended, with its answer; or still open when the time to wait was over. */
export type Submitted =
  { ended: true; answer: OperationAnswer } | { ended: false; operationId: string; status: string };

/**
 * Admits a write and waits for its end. A repeat of a request waits for the same operation, and changes nothing. Throws
 * REQUEST_ID_REUSED, DATABASE_UNAVAILABLE.
 */
export type Submit = (write: Write) => Promise<Submitted>;

export function createSubmit(
  database: Database,
  relay: Pick<Relay, 'wake'>,
  outcomes: OutcomePoller,
  config: Pick<Config, 'responseTimeoutMs' | 'operationDeadlineMs'>,
): Submit {
  return async (write) => {
    const admission = planAdmission(write, newId(), new Date(), config.operationDeadlineMs);
    const claim = await admit(database, admission);
    if (claim.claimed) relay.wake();
    const operationId = claim.claimed
      ? admission.operation.operationId
      : await repeated(database, admission, claim.holder);
    const answer = await outcomes.wait(operationId, config.responseTimeoutMs);
    return answer ? { ended: true, answer } : lastLook(database, operationId);
  };
}

/** The operation of the request that this one repeats. */
async function repeated(database: Database, { requestKey }: Admission, holder: KeyHolder): Promise<string> {
  if (holder.fingerprint !== requestKey.fingerprint) throw new SimyardError('REQUEST_ID_REUSED');
  const kept = await readAnswers(database, [holder.operationId]);
  if (kept.has(holder.operationId)) return holder.operationId;
  throw new SimyardError('REQUEST_ID_REUSED', {
    message: 'requestId was used before, and its answer is no longer kept.',
  });
}

/** The write is committed: that is said even when Postgres does not tell now how far it came. */
async function lastLook(database: Database, operationId: string): Promise<Submitted> {
  const nothing = new Map<string, OperationAnswer>();
  const look = readAnswers(database, [operationId]).catch(() => nothing);
  const answers = await Promise.race([look, delay(lastLookMs, nothing, { ref: false })]);
  const answer = answers.get(operationId);
  if (answer && !isOpen(answer.status)) return { ended: true, answer };
  return { ended: false, operationId, status: answer?.status ?? 'ACCEPTED' };
}
