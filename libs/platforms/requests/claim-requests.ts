import type { Tx } from '#libs/postgres';
import type { PlatformConfig } from '../platform.js';
import { settleAfterMs } from './apply-step.js';
import { changeOf, claimDue, postpone, type ClaimedRow } from './claim-requests.sql.js';
import { hasEnded } from './request.js';
import type { ClaimedRequest } from './step.js';

type Claimer = Pick<PlatformConfig, 'name' | 'idempotent' | 'giveUpMs' | 'requestTimeoutMs'>;

/** A claim outlasts a call by this much: a part of it may pass before the call, the rest is for recording what came of it. */
export const claimMarginMs = 10_000;
const sendWithinMs = claimMarginMs / 2;
/** Longest pause between two looks whether the monitor has recorded an end. */
const longestWaitMs = 60_000;

/**
 * Claims up to `limit` due requests of a platform. Those that have ended, but whose operation is still open, are put off and
 * not returned: the monitor is about to record their end. No call may be made before the claims are committed.
 */
export async function claimRequests(tx: Tx, platform: Claimer, limit: number): Promise<ClaimedRequest[]> {
  const sendBefore = Date.now() + sendWithinMs;
  const rows = await claimDue(tx, { platform, limit, leaseMs: platform.requestTimeoutMs + claimMarginMs });
  const claimed = rows.map((row) => toClaimed(row, sendBefore));
  const early = claimed.filter((request) => hasEnded(request) && request.operationOpen);
  await postpone(
    tx,
    early.map(({ operationId }) => operationId),
    { firstMs: settleAfterMs, longestMs: longestWaitMs },
  );
  return claimed.filter((request) => !early.includes(request));
}

function toClaimed({ change, statusCode, message, ...row }: ClaimedRow, sendBefore: number): ClaimedRequest {
  const lastAnswer = statusCode === null ? null : { statusCode, message: message ?? '' };
  return { ...row, change: changeOf(change), lastAnswer, sendBefore };
}
