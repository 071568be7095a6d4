import { checkMandatory, type CommandData } from '#libs/contracts';
import {
  changeSimStatus,
  changeState,
  mayGo,
  referencedSubscriber,
  simOfSubscriber,
  startPosting,
  stateOfSim,
  type InventoryView,
} from '#libs/inventory';
import { completed, lockRefusal, rejected, type Command, type Decision } from '#libs/transactions';

/** Decides a change of a SIM's status on the view and folds it in; the subscriber goes to the state that belongs to it. */
export function decideSimStatus(view: InventoryView, command: Command<CommandData<'ChangeSimStatus'>>): Decision {
  const { data, missing } = checkMandatory('ChangeSimStatus', command.data);
  if (missing) return rejected(missing.code, missing.field);
  const subscriber = referencedSubscriber(view, command.actor, data.subscriber);
  if (!subscriber) return rejected('SUBSCRIBER_NOT_FOUND', 'subscriber');
  const locked = lockRefusal(view.locks, command, { type: 'Subscriber', id: subscriber.subscriberId });
  if (locked) return locked;
  const sim = simOfSubscriber(view, subscriber.subscriberId);
  if (!sim) return rejected('SIM_NOT_FOUND', 'subscriber');
  if (sim.status === data.status) return rejected('SIM_STATUS_UNCHANGED', 'status');
  const state = stateOfSim[data.status];
  const follows = subscriber.state !== state;
  if (follows && !mayGo(subscriber.state, state)) return rejected('SUBSCRIBER_STATE_TRANSITION', 'status');
  const posting = startPosting(view, command, [subscriber.changedAt, sim.changedAt]);
  changeSimStatus(view, posting, sim, data.status);
  if (follows) changeState(view, posting, subscriber, state);
  return completed(posting.occurredAt, posting.changes);
}
