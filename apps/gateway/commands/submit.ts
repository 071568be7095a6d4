import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '#libs/config';
import { isOpen, readAnswers, type OperationAnswer } from '#libs/operations';
import type { Tx } from '#libs/postgres';
import type { OutcomePoller } from './outcome-poller.js';
import type { Write } from './plan-admission.js';
import type { Start } from './start.js';

const lastLookMs = 1000;

/** Injection token of Submit. */
export const SUBMIT = Symbol('submit');

/** Ended, with its answer; or still open when the time to wait was over. */
export type Submitted =
  { ended: true; answer: OperationAnswer } | { ended: false; operationId: string; status: string };

/**
 * Starts a write and waits for its end. A repeat of a request waits for the same operation, and changes nothing. Throws
 * what Start throws.
 */
export type Submit = (write: Write) => Promise<Submitted>;

export const createSubmit =
  (start: Start, follow: Follow): Submit =>
  async (write) =>
    follow((await start(write)).operationId);

/** Waits for the end of an operation that was started before. */
export type Follow = (operationId: string) => Promise<Submitted>;

export function createFollow(database: Tx, outcomes: OutcomePoller, config: Pick<Config, 'responseTimeoutMs'>): Follow {
  return async (operationId) => {
    const answer = await outcomes.wait(operationId, config.responseTimeoutMs);
    return answer ? { ended: true, answer } : lastLook(database, operationId);
  };
}

/** The write is committed: that is said even when Postgres does not tell now how far it came. */
async function lastLook(database: Tx, operationId: string): Promise<Submitted> {
  const nothing = new Map<string, OperationAnswer>();
  const look = readAnswers(database, [operationId]).catch(() => nothing);
  const answers = await Promise.race([look, delay(lastLookMs, nothing, { ref: false })]);
  const answer = answers.get(operationId);
  if (answer && !isOpen(answer.status)) return { ended: true, answer };
  return { ended: false, operationId, status: answer?.status ?? 'ACCEPTED' };
}
