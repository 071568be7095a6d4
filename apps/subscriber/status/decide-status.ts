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
import { askPlatform, type Routing } from '../platform/ask-platform.js';

/**
 * Decides a change of a subscriber's state and folds it into the view; the subscriber's SIM follows. Where the SIM's
 * platform has to follow first, the change is handed to it, and nothing is folded in yet.
 */
export function decideStatus(
  view: InventoryView,
  command: Command<CommandData<'ChangeSubscriberStatus'>>,
  routing: Routing,
): Decision {
  const { data, missing } = checkMandatory('ChangeSubscriberStatus', command.data);
  if (missing) return rejected(missing.code, missing.field);
  const subscriber = referencedSubscriber(view, command.actor, data.subscriber);
  if (!subscriber) return rejected('SUBSCRIBER_NOT_FOUND', 'subscriber');
  const locked = lockRefusal(view.locks, command, { type: 'Subscriber', id: subscriber.subscriberId });
  if (locked) return locked;
  if (!mayGo(subscriber.state, data.state)) return rejected('SUBSCRIBER_STATE_TRANSITION', 'state');
  const status = simStatusOf[data.state];
  const current = simOfSubscriber(view, subscriber.subscriberId);
  const sim = current?.status === status ? undefined : current;
  const asked = sim && askPlatform(view, routing, command, { subscriber, sim, change: { kind: 'status', status } });
  if (asked) return asked;
  const posting = startPosting(view, command, [subscriber.changedAt, sim?.changedAt]);
  changeState(view, posting, subscriber, data.state);
  if (sim) changeSimStatus(view, posting, sim, status);
  return completed(posting.occurredAt, posting.changes);
}
