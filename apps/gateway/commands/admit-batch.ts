import { SimyardError } from '#libs/errors';
import type { ResourceTypes } from '#libs/inventory';
import {
  claimRequestKeys,
  insertOperations,
  releaseRequestKeys,
  type KeyClaim,
  type KeyHolder,
} from '#libs/operations';
import type { Tx } from '#libs/postgres';
import { appendToOutbox, takeLocks } from '#libs/transactions';
import { findWantedLocks } from './find-wanted-locks.js';
import type { Admission, LockWish } from './plan-admission.js';

/** What became of a write at its admission. Only one that is admitted is stored. */
export type AdmissionEnd =
  | { status: 'ADMITTED' }
  | { status: 'REPEATED'; holder: KeyHolder }
  | { status: 'LOCKED'; operationId: string }
  | { status: 'FAILED'; error: unknown };

/** The ends of those that are refused, by their operations' ids. */
type Refused = ReadonlyMap<string, AdmissionEnd>;

/**
 * Stores the keys, operations and commands of writes, and takes their locks; returns the end of each, at its index. One
 * that is refused leaves nothing behind. The order of locking is that of every transaction: keys, rows, locks.
 */
export async function admitBatch(tx: Tx, types: ResourceTypes, batch: Admission[]): Promise<AdmissionEnd[]> {
  const claims = await claimRequestKeys(
    tx,
    batch.map(({ requestKey }) => requestKey),
  );
  const fresh = batch.filter((_, index) => claims[index]?.claimed);
  const refused = await lock(
    tx,
    types,
    fresh.map(({ locks }) => locks),
  );
  await store(tx, fresh, refused);
  return batch.map((admission, index) => endOf(admission, claims[index], refused));
}

async function lock(tx: Tx, types: ResourceTypes, wishes: LockWish[]): Promise<Refused> {
  const { wanted, missing } = await findWantedLocks(tx, types, wishes);
  const held = await takeLocks(tx, wanted);
  return new Map<string, AdmissionEnd>([
    ...[...held].map(([id, { operationId }]) => [id, { status: 'LOCKED', operationId }] as const),
    ...[...missing].map(([id, code]) => [id, { status: 'FAILED', error: new SimyardError(code) }] as const),
  ]);
}

async function store(tx: Tx, fresh: Admission[], refused: Refused): Promise<void> {
  const isRefused = ({ operation }: Admission): boolean => refused.has(operation.operationId);
  const admitted = fresh.filter((admission) => !isRefused(admission));
  await releaseRequestKeys(
    tx,
    fresh.filter(isRefused).map(({ requestKey }) => requestKey),
  );
  await insertOperations(
    tx,
    admitted.map(({ operation }) => operation),
  );
  for (const { stage, operation } of admitted) await stage?.(tx, operation.operationId);
  await appendToOutbox(
    tx,
    admitted.map(({ message }) => message),
  );
}

function endOf({ operation }: Admission, claim: KeyClaim | undefined, refused: Refused): AdmissionEnd {
  const ownId = operation.operationId;
  const keptBy = claim?.claimed === false ? claim.holder : undefined;
  // Who repeats another one of the batch shares the refusal of that one.
  const refusal = refused.get(keptBy?.operationId ?? ownId);
  if (refusal) return refusal;
  // The key is its own when the reply to an earlier commit was lost.
  return keptBy && keptBy.operationId !== ownId ? { status: 'REPEATED', holder: keptBy } : { status: 'ADMITTED' };
}
