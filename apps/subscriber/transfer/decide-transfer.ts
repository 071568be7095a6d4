import { checkMandatory, type CommandData } from '#libs/contracts';
import { inTree, startPosting, transferTo, type InventoryView } from '#libs/inventory';
import { completed, rejected, type Command, type Decision } from '#libs/transactions';
import { askPlatform, type Routing } from '../platform/ask-platform.js';
import { namedSim } from '../platform/named-sim.js';

/**
 * Decides that a subscriber and his SIM go to another account: hands the transfer to the SIM's platform, or folds it into the
 * view where that is not connected. A SIM without a platform has nobody who offers transfers.
 */
export function decideTransfer(
  view: InventoryView,
  command: Command<CommandData<'TransferSim'>>,
  routing: Routing,
): Decision {
  const { data, missing } = checkMandatory('TransferSim', command.data);
  if (missing) return rejected(missing.code, missing.field);
  const { subscriber, sim, refusal } = namedSim(view, command, data.subscriber);
  if (refusal) return refusal;
  if (subscriber.state === 'Deactivated') return rejected('SUBSCRIBER_DEACTIVATED', 'subscriber');
  const account = view.accounts.get(data.accountId);
  if (!account || !inTree(command.actor, account.tenantId, account.path)) {
    return rejected('ACCOUNT_NOT_FOUND', 'accountId');
  }
  if (account.accountId === subscriber.accountId) return rejected('ACCOUNT_UNCHANGED', 'accountId');
  if (!routing.platforms.has(sim.platform ?? '')) return rejected('PLATFORM_CHANGE_NOT_OFFERED');
  const change = { kind: 'account', account: account.accountId } as const;
  const asked = askPlatform(view, routing, command, { subscriber, sim, change });
  if (asked) return asked;
  const posting = startPosting(view, command, [subscriber.changedAt, sim.changedAt]);
  transferTo(view, posting, subscriber, sim, account);
  return completed(posting.occurredAt, posting.changes);
}
