import { startsWithOperation } from '#libs/contracts';
import { errorCodes } from '#libs/errors';
import { referencedSubscriber, type InventoryView, type Reference } from '#libs/inventory';
import { lockPolicy, wantedLocks, type WantedLock } from '#libs/locks';
import type { Tx } from '#libs/postgres';
import { takeLocks, type Command, type Decision } from '#libs/transactions';

/** A command on the subscriber that it names. */
export type OnSubscriber = Command<{ subscriber?: Reference }>;

/**
 * Takes the locks of what was accepted straight from Kafka, until its operation ends; commands of the gateway and of bulk
 * jobs have theirs since they were admitted. Returns the decisions, of which those that got no lock are refused.
 */
export async function holdSubscribers(
  tx: Tx,
  view: InventoryView,
  commands: OnSubscriber[],
  decisions: Decision[],
): Promise<Decision[]> {
  const wanted = commands.flatMap((command, index) => locksOf(view, command, decisions[index]));
  if (wanted.length === 0) return decisions;
  const refused = await takeLocks(tx, wanted);
  return decisions.map((decision, index) => {
    const holder = refused.get(commands[index]?.operationId ?? '');
    return holder === undefined ? decision : lockedBy(holder.operationId);
  });
}

function locksOf(view: InventoryView, command: OnSubscriber, decision: Decision | undefined): WantedLock[] {
  const { name, actor, operationId, data, envelope } = command;
  const levels = lockPolicy.kafka[name];
  if (decision?.status !== 'ACCEPTED' || levels === undefined || startsWithOperation(envelope.source)) return [];
  const subscriber = data.subscriber && referencedSubscriber(view, actor, data.subscriber);
  if (subscriber === undefined) return [];
  const { tenantId, accountId, username } = actor;
  const holder = { operationId, tenantId, accountId, username, facade: 'kafka', action: name } as const;
  const entity = { type: 'Subscriber', id: subscriber.subscriberId } as const;
  return wantedLocks(levels, { ...holder, expiresAt: decision.deadline }, entity);
}

const lockedBy = (operationId: string): Decision => ({
  status: 'REJECTED',
  error: { code: 'LOCKED', message: errorCodes.LOCKED.message, details: { operationId } },
});
