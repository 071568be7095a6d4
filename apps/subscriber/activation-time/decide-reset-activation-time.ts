import { checkMandatory, type CommandData } from '#libs/contracts';
import {
  referencedSubscriber,
  resetFirstActivation,
  simOfSubscriber,
  startPosting,
  type InventoryView,
} from '#libs/inventory';
import { completed, lockRefusal, rejected, type Command, type Decision } from '#libs/transactions';

/**
 * Decides that a SIM's first activation is forgotten and folds it into the view. What is forgotten already is completed
 * without a change, so that a bulk may name a SIM twice.
 */
export function decideResetActivationTime(
  view: InventoryView,
  command: Command<CommandData<'ResetActivationTime'>>,
): Decision {
  const { data, missing } = checkMandatory('ResetActivationTime', command.data);
  if (missing) return rejected(missing.code, missing.field);
  const subscriber = referencedSubscriber(view, command.actor, data.subscriber);
  if (!subscriber) return rejected('SUBSCRIBER_NOT_FOUND', 'subscriber');
  const locked = lockRefusal(view.locks, command, { type: 'Subscriber', id: subscriber.subscriberId });
  if (locked) return locked;
  const sim = simOfSubscriber(view, subscriber.subscriberId);
  if (!sim) return rejected('SIM_NOT_FOUND', 'subscriber');
  const posting = startPosting(view, command, [sim.changedAt]);
  if (sim.firstActivatedAt !== null) resetFirstActivation(view, posting, sim);
  return completed(posting.occurredAt, posting.changes);
}
