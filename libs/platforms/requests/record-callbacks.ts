import type { Tx } from '#libs/postgres';
import type { AcceptedRequest } from '../contract.js';
import { applyCallback } from './apply-callback.js';
import { findByPlatformIds, lockRequests } from './lock-requests.sql.js';
import type { LockedRequest } from './request.js';
import { writeApplied, type AppliedRequest } from './record-steps.js';

/** What a platform has called back. */
export interface PlatformCallback {
  platform: string;
  accepted: AcceptedRequest;
}

/**
 * Records what platforms have called back, in the order in which it came; ends of changes are told to the monitor. Returns
 * whether each was known: one for a request that is not this platform's, or of another SIM or change, changes nothing.
 */
export async function recordCallbacks(tx: Tx, callbacks: PlatformCallback[]): Promise<boolean[]> {
  const operationIds = await nameOperations(tx, callbacks);
  // All at once, for everybody to lock requests in the same order, whichever platforms they are of.
  const locked = await lockRequests(tx, [...new Set(operationIds.filter((id) => id !== undefined))]);
  const requests = new Map(locked.map((request) => [request.operationId, request]));
  const applied = new Map<string, AppliedRequest>();
  const known = callbacks.map((callback, index) => {
    const request = requests.get(operationIds[index] ?? '');
    if (!request || !isOf(callback, request)) return false;
    const result = applyCallback(request, callback.accepted);
    if (!result) return true;
    const { operationId } = request;
    const ended = result.ended ?? applied.get(operationId)?.ended;
    applied.set(operationId, { ...result, ...(ended && { ended }), request, askedAt: new Date() });
    requests.set(operationId, after(request, result.change));
    return true;
  });
  await writeApplied(tx, [...applied.values()], 'gateway');
  return known;
}

const isOf = ({ platform, accepted }: PlatformCallback, request: LockedRequest): boolean =>
  request.platform === platform && request.iccid === accepted.iccid && request.change.kind === accepted.change;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Of each by the reference that we sent, which is the operation's id; without one by the platform's own id. */
async function nameOperations(tx: Tx, callbacks: PlatformCallback[]): Promise<(string | undefined)[]> {
  const unnamed = callbacks.filter(({ accepted }) => accepted.reference === null);
  const byPlatformId = await findByPlatformIds(
    tx,
    unnamed.map(({ platform, accepted }) => ({ platform, platformRequestId: accepted.requestId })),
  );
  return callbacks.map(({ platform, accepted: { reference, requestId } }) => {
    const operationId = reference ?? byPlatformId(platform, requestId);
    return operationId !== undefined && uuid.test(operationId) ? operationId : undefined;
  });
}

/** As the next callback of the batch finds it. */
const after = (request: LockedRequest, change: AppliedRequest['change']): LockedRequest => ({ ...request, ...change });
