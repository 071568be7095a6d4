import type { Tx } from '#libs/postgres';
import type { PlatformConfig } from '../platform.js';
import { changeOf, claimDue, findOpenOperations, type ClaimedRow } from './claim-requests.sql.js';
import { hasEnded } from './request.js';
import type { ClaimedRequest } from './step.js';

type Claimer = Pick<PlatformConfig, 'name' | 'idempotent' | 'giveUpMs' | 'requestTimeoutMs'>;

/** A claim outlasts a call by this much: a part of it may pass before the call, the rest is for recording what came of it. */
export const claimMarginMs = 10_000;
const sendWithinMs = claimMarginMs / 2;

/**
 * Claims up to `limit` due requests of a platform. Those that have ended, but whose operation is still open, stay claimed
 * and are not returned: the monitor is about to record their end. To be called outside a transaction, as calls follow.
 */
export async function claimRequests(tx: Tx, platform: Claimer, limit: number): Promise<ClaimedRequest[]> {
  const sendBefore = Date.now() + sendWithinMs;
  const rows = await claimDue(tx, { platform, limit, leaseMs: platform.requestTimeoutMs + claimMarginMs });
  const open = await findOpenOperations(
    tx,
    rows.map(({ operationId }) => operationId),
  );
  return rows
    .map((row) => toClaimed(row, open.has(row.operationId), sendBefore))
    .filter((request) => !(hasEnded(request) && request.operationOpen));
}

function toClaimed(
  { change, statusCode, message, ...row }: ClaimedRow,
  operationOpen: boolean,
  sendBefore: number,
): ClaimedRequest {
  const lastAnswer = statusCode === null ? null : { statusCode, message: message ?? '' };
  return { ...row, change: changeOf(change), lastAnswer, operationOpen, sendBefore };
}
