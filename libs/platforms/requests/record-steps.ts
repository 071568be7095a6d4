import { appendToOutbox, type CallersLane } from '#libs/transactions';
import type { Tx } from '#libs/postgres';
import { applyStep, type Applied } from './apply-step.js';
import { changeRequests } from './change-requests.sql.js';
import { lockRequests } from './lock-requests.sql.js';
import { responseMessage, simStateMessage } from './messages.js';
import type { LockedRequest } from './request.js';
import type { ClaimedRequest, Step } from './step.js';

/** What came of a claimed request. */
export interface TakenStep {
  claim: ClaimedRequest;
  step: Step;
}

/**
 * Records what came of claimed requests, each named once, and tells the monitor of ends and of what was observed. Returns
 * how many steps counted: a request that has ended meanwhile stays as it is, and so does one that another process has
 * claimed.
 */
export async function recordSteps(tx: Tx, taken: TakenStep[]): Promise<number> {
  const steps = new Map(taken.map((one) => [one.claim.operationId, one]));
  const requests = await lockRequests(tx, [...steps.keys()]);
  const applied = requests.flatMap((request) => {
    const one = steps.get(request.operationId);
    const result = one && applyStep(request, one.claim, one.step);
    return result ? [{ request, ...result, askedAt: one.claim.claimedAt }] : [];
  });
  await writeApplied(tx, applied, 'platform-connector');
  return applied.length;
}

export interface AppliedRequest extends Applied {
  request: LockedRequest;
  /** no later than the platform was asked for what was observed */
  askedAt: Date;
}

/** Changes requests that are locked and tells the monitor, by the service that does this. */
export async function writeApplied(tx: Tx, applied: AppliedRequest[], writer: CallersLane): Promise<void> {
  await changeRequests(
    tx,
    applied.map(({ change }) => change),
  );
  await appendToOutbox(
    tx,
    applied.flatMap(({ request, ended, observed, askedAt }) => [
      ...(ended ? [responseMessage(request, ended, writer)] : []),
      ...(observed ? [simStateMessage(request, observed, askedAt, writer)] : []),
    ]),
  );
}
