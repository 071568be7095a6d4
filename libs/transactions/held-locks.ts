import { entityText, readHeldLocks, type LockEntity } from '#libs/locks';
import { errorCodes } from '#libs/errors';
import { lockExpired } from '#libs/operations';
import type { Tx } from '#libs/postgres';
import type { Command, Decision, HandlerContext, HeldLocks } from './command.js';

/**
 * What handlers of a batch get. Into `late` come operations past their deadline that were in the way; they are locked, and
 * to be ended before the commit.
 */
export const handlerContext = (tx: Tx, late = new Set<string>()): HandlerContext => ({
  tx,
  heldLocks: (entities) => heldLocks(tx, entities, late),
});

/**
 * Who holds these entities. What an operation past its deadline holds is free; its lock rows stay until the end of the
 * batch, since who deletes one makes others wait, and the batch has more rows to wait for itself.
 */
async function heldLocks(tx: Tx, entities: LockEntity[], late: Set<string>): Promise<HeldLocks> {
  let held = await readHeldLocks(tx, entities);
  const expired = new Set([...held.values()].flatMap((holder) => (holder.expired ? holder.operationId : [])));
  const ours = await lockExpired(tx, [...expired]);
  for (const operationId of ours) late.add(operationId);
  // Others end it or handle its command just now, or have ended it: what is still there is held.
  if (ours.length < expired.size) held = await readHeldLocks(tx, entities);
  return new Map(
    [...held].flatMap(([entity, { operationId }]) => (late.has(operationId) ? [] : [[entity, operationId]])),
  );
}

/** The refusal of a command that would change an entity which another operation holds. */
export function lockRefusal(
  locks: HeldLocks,
  { operationId }: Pick<Command, 'operationId'>,
  ...entities: LockEntity[]
): Decision | undefined {
  for (const entity of entities) {
    const holder = locks.get(entityText(entity));
    if (holder !== undefined && holder !== operationId) {
      const { message } = errorCodes.LOCKED;
      return { status: 'REJECTED', error: { code: 'LOCKED', message, details: { operationId: holder } } };
    }
  }
  return undefined;
}
