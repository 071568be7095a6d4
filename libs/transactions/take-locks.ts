import { acquireLocks, entityText, readHeldLocks, type Holder, type LockEntity, type WantedLock } from '#libs/locks';
import { errorCodes } from '#libs/errors';
import type { Tx } from '#libs/postgres';
import type { Command, Decision, HandlerContext, HeldLocks } from './command.js';
import { endTimedOut } from './end-timed-out.js';

/**
 * Takes locks, all that an operation wants or none of them. Operations past their deadline that are in the way are ended.
 * Returns the operations that are refused, each with one who holds what it wants.
 */
export async function takeLocks(tx: Tx, wanted: WantedLock[]): Promise<Map<string, Holder>> {
  const refused = await acquireLocks(tx, wanted);
  const ended = await endExpired(tx, [...refused.values()].flat());
  if (ended.size === 0) return firstHolders(refused);
  // Only where all that was in the way is gone by our own doing: then nobody else can have taken it, and this attempt waits
  // for nobody, whatever it holds by now.
  const free = [...refused].filter(([, holders]) => holders.every((holder) => ended.has(holder.operationId)));
  const again = new Set(free.map(([operationId]) => operationId));
  const still = await acquireLocks(
    tx,
    wanted.filter((lock) => again.has(lock.operationId)),
  );
  for (const operationId of again) refused.delete(operationId);
  return firstHolders([...refused, ...still]);
}

/** Who holds these entities, as handlers see it: operations past their deadline are ended first. */
async function heldLocks(tx: Tx, entities: LockEntity[]): Promise<HeldLocks> {
  let held = await readHeldLocks(tx, entities);
  const expired = [...held.values()].some((holder) => holder.expired);
  // Read again also when others have ended them: what is there then is held, if only for as long as its command is handled.
  if (expired) {
    await endExpired(tx, [...held.values()]);
    held = await readHeldLocks(tx, entities);
  }
  return new Map([...held].map(([entity, holder]) => [entity, holder.operationId]));
}

export const handlerContext = (tx: Tx): HandlerContext => ({ tx, heldLocks: (entities) => heldLocks(tx, entities) });

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

async function endExpired(tx: Tx, holders: Holder[]): Promise<Set<string>> {
  const expired = holders.flatMap((holder) => (holder.expired ? [holder.operationId] : []));
  return new Set(await endTimedOut(tx, [...new Set(expired)]));
}

function firstHolders(refused: Iterable<[string, Holder[]]>): Map<string, Holder> {
  return new Map([...refused].flatMap(([operationId, [holder]]) => (holder ? [[operationId, holder]] : [])));
}
