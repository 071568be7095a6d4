import { checkMandatory, type CommandData } from '#libs/contracts';
import {
  changeSimStatus,
  changeState,
  mayGo,
  referencedSubscriber,
  simOfSubscriber,
  simStatusOf,
  startPosting,
  type InventoryView,
} from '#libs/inventory';
import { completed, lockRefusal, rejected, type Command, type Decision } from '#libs/transactions';

/** Decides a change of a subscriber's state on the view and folds it in; the subscriber's SIM follows. */
export function decideStatus(view: InventoryView, command: Command<CommandData<'ChangeSubscriberStatus'>>): Decision {
  const { data, missing } = checkMandatory('ChangeSubscriberStatus', command.data);
  if (missing) return rejected(missing.code, missing.field);
  const subscriber = referencedSubscriber(view, command.actor, data.subscriber);
  if (!subscriber) return rejected('SUBSCRIBER_NOT_FOUND', 'subscriber');
  const locked = lockRefusal(view.locks, command, { type: 'Subscriber', id: subscriber.subscriberId });
  if (locked) return locked;
  if (!mayGo(subscriber.state, data.state)) return rejected('SUBSCRIBER_STATE_TRANSITION', 'state');
  const sim = simOfSubscriber(view, subscriber.subscriberId);
  const posting = startPosting(view, command, [subscriber.changedAt, sim?.changedAt]);
  changeState(view, posting, subscriber, data.state);
  const status = simStatusOf[data.state];
  if (sim && sim.status !== status) changeSimStatus(view, posting, sim, status);
  return completed(posting.occurredAt, posting.changes);
}
