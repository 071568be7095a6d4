import { errorCodes, isErrorCode } from '#libs/errors';
import {
  claimRequestKeys,
  readAnswers,
  releaseRequestKeys,
  requestFingerprint,
  requestScope,
  takeRequestKeys,
  type OperationAnswer,
  type RequestKey,
} from '#libs/operations';
import type { Tx } from '#libs/postgres';
import type { Command } from './command.js';
import type { Ended } from './ended.js';
import { isDryRun, type Runnable } from './runnable.js';

/** A command whose requestId another operation holds. */
export interface RepeatedRequest {
  runnable: Runnable;
  holderId: string;
  sameRequest: boolean;
}

interface Repeat extends RepeatedRequest {
  key: RequestKey;
}

/**
 * A requestId starts one operation per tenant and actor. Senders that start operations have claimed those of their commands;
 * a dry run starts nothing.
 */
export async function claimKeys(
  tx: Tx,
  runnable: Runnable[],
): Promise<{ first: Runnable[]; repeats: RepeatedRequest[] }> {
  const wanting = runnable.flatMap((one) => {
    const key = one.incoming.hasOperation || isDryRun(one) ? undefined : requestKeyOf(one.command);
    return key === undefined ? [] : [{ runnable: one, key }];
  });
  const claims = await claimRequestKeys(
    tx,
    wanting.map(({ key }) => key),
  );
  const repeated = wanting.flatMap(({ runnable: one, key }, index): Repeat[] => {
    const claim = claims[index];
    if (claim === undefined || claim.claimed) return [];
    const { operationId, fingerprint } = claim.holder;
    return [{ runnable: one, key, holderId: operationId, sameRequest: fingerprint === key.fingerprint }];
  });
  const repeats = await takeOver(tx, repeated);
  const held = new Set(repeats.map((repeat) => repeat.runnable));
  return { first: runnable.filter((candidate) => !held.has(candidate)), repeats };
}

/** A command that was refused by a lock has started nothing: the same request may come again. */
export function releaseLocked(tx: Tx, ended: Ended[]): Promise<void> {
  const keys = ended.flatMap(({ end }) => {
    const locked = end.kind === 'decided' && end.decision.status === 'REJECTED' && end.decision.error.code === 'LOCKED';
    return locked ? (requestKeyOf(end.command) ?? []) : [];
  });
  return releaseRequestKeys(tx, keys);
}

function requestKeyOf({ name, data, actor, operationId }: Command): RequestKey | undefined {
  const { requestId } = data as { requestId?: string };
  if (requestId === undefined) return undefined;
  const scope = requestScope.ocs(actor.username);
  return { tenantId: actor.tenantId, scope, key: requestId, fingerprint: requestFingerprint(name, data), operationId };
}

/**
 * A replay takes its requestId over from an operation that ended in a dead letter, since that one has changed nothing;
 * of several replays in a batch the first does. Returns the requests that are repeats after that.
 */
async function takeOver(tx: Tx, repeated: Repeat[]): Promise<Repeat[]> {
  const replays = repeated.filter(({ runnable, sameRequest }) => sameRequest && isReplay(runnable));
  if (replays.length === 0) return repeated;
  const holders = await readAnswers(tx, [...new Set(replays.map(({ holderId }) => holderId))]);
  const takers = new Map<string, Repeat>();
  for (const replay of replays) {
    const { holderId } = replay;
    if (!takers.has(holderId) && isDeadLettered(holders.get(holderId))) takers.set(holderId, replay);
  }
  await takeRequestKeys(
    tx,
    [...takers].map(([from, { key }]) => ({ ...key, from })),
  );
  return repeated.flatMap((repeat) => {
    const taker = takers.get(repeat.holderId);
    if (taker === repeat) return [];
    return [taker === undefined ? repeat : { ...repeat, holderId: taker.key.operationId }];
  });
}

const isReplay = ({ incoming }: Runnable): boolean => incoming.envelope.replayOf !== undefined;

/** Business refusals, and operations past their deadline, are answers; what else an operation failed of is no answer. */
function isDeadLettered(holder: OperationAnswer | undefined): boolean {
  if (holder?.status !== 'FAILED' || holder.error === null) return false;
  const { code } = holder.error;
  return isErrorCode(code) && errorCodes[code].disposition !== 'reject';
}
