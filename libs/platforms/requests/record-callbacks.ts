import type { Tx } from '#libs/postgres';
import type { AcceptedRequest } from '../contract.js';
import { applyCallback } from './apply-callback.js';
import { findByPlatformIds, lockRequests } from './lock-requests.sql.js';
import type { LockedRequest } from './request.js';
import { writeApplied, type AppliedRequest } from './record-steps.js';

/**
 * Records what a platform has called back, in the order in which it came; ends of changes are told to the monitor. `unknown`
 * counts callbacks for requests that are not this platform's, or of another SIM or change.
 */
export async function recordCallbacks(
  tx: Tx,
  platform: string,
  results: AcceptedRequest[],
): Promise<{ known: number; unknown: number }> {
  const named = await nameOperations(tx, platform, results);
  const locked = await lockRequests(tx, [...new Set(named.map(({ operationId }) => operationId))]);
  const requests = new Map(
    locked.filter((request) => request.platform === platform).map((one) => [one.operationId, one]),
  );
  const applied = new Map<string, AppliedRequest>();
  let known = 0;
  for (const { operationId, accepted } of named) {
    const request = requests.get(operationId);
    if (request?.iccid !== accepted.iccid || request.change.kind !== accepted.change) continue;
    known += 1;
    const result = applyCallback(request, accepted);
    if (!result) continue;
    const ended = result.ended ?? applied.get(operationId)?.ended;
    applied.set(operationId, { ...result, ...(ended && { ended }), request, askedAt: new Date() });
    requests.set(operationId, after(request, result.change));
  }
  await writeApplied(tx, [...applied.values()]);
  return { known, unknown: results.length - known };
}

interface Named {
  operationId: string;
  accepted: AcceptedRequest;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** By the reference that we sent, which is the operation's id; without one by the platform's own id. */
async function nameOperations(tx: Tx, platform: string, results: AcceptedRequest[]): Promise<Named[]> {
  const unnamed = results.filter(({ reference }) => reference === null).map(({ requestId }) => requestId);
  const byPlatformId = await findByPlatformIds(tx, platform, [...new Set(unnamed)]);
  return results.flatMap((accepted) => {
    const operationId = accepted.reference ?? byPlatformId.get(accepted.requestId);
    return operationId !== undefined && uuid.test(operationId) ? [{ operationId, accepted }] : [];
  });
}

/** As the next callback of the batch finds it. */
const after = (request: LockedRequest, change: AppliedRequest['change']): LockedRequest => ({ ...request, ...change });
