import { checkMandatory, type CommandData } from '#libs/contracts';
import { applySimStatus, mayGo, startPosting, stateOfSim, type InventoryView } from '#libs/inventory';
import { completed, rejected, type Command, type Decision } from '#libs/transactions';
import { askPlatform, type Routing } from '../platform/ask-platform.js';
import { namedSim } from '../platform/named-sim.js';

/**
 * Decides a change of a SIM's status: hands it to the SIM's platform, or folds it into the view; the subscriber goes to the
 * state that belongs to it.
 */
export function decideSimStatus(
  view: InventoryView,
  command: Command<CommandData<'ChangeSimStatus'>>,
  routing: Routing,
): Decision {
  const { data, missing } = checkMandatory('ChangeSimStatus', command.data);
  if (missing) return rejected(missing.code, missing.field);
  const { status, from } = data;
  const { subscriber, sim, refusal } = namedSim(view, command, data.subscriber);
  if (refusal) return refusal;
  if (sim.status === status) return rejected('SIM_STATUS_UNCHANGED', 'status');
  if (from && !from.includes(sim.status)) return rejected('SIM_STATUS_TRANSITION', 'status');
  const state = stateOfSim[status];
  if (subscriber.state !== state && !mayGo(subscriber.state, state)) {
    return rejected('SUBSCRIBER_STATE_TRANSITION', 'status');
  }
  const asked = askPlatform(view, routing, command, { subscriber, sim, change: { kind: 'status', status } });
  if (asked) return asked;
  const posting = startPosting(view, command, [subscriber.changedAt, sim.changedAt]);
  applySimStatus(view, posting, subscriber, sim, status);
  return completed(posting.occurredAt, posting.changes);
}
