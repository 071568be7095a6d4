import { checkMandatory, type CommandData } from '#libs/contracts';
import {
  addResource,
  addSubscriber,
  assignmentOf,
  giveSim,
  inTree,
  simStatusOf,
  startPosting,
  subscriberByExternalId,
  type InventoryView,
} from '#libs/inventory';
import type { Platforms } from '#libs/platforms';
import { completed, lockRefusal, rejected, type Command, type Decision } from '#libs/transactions';
import { checkInitialResources } from './check-initial-resources.js';
import { checkSim } from './check-sim.js';

/**
 * Decides the creation of a subscriber with its SIM and resources on the view and folds it in. All is checked before
 * anything is folded in: account, external id, platform, SIM, then the resources as listed.
 */
export function decideCreateSubscriber(
  view: InventoryView,
  command: Command<CommandData<'CreateSubscriber'>>,
  platforms: Platforms,
): Decision {
  const { data, missing } = checkMandatory('CreateSubscriber', command.data);
  if (missing) return rejected(missing.code, missing.field);
  const account = view.accounts.get(data.accountId);
  if (!account || !inTree(command.actor, account.tenantId, account.path)) {
    return rejected('ACCOUNT_NOT_FOUND', 'accountId');
  }
  if (subscriberByExternalId(view, account.tenantId, data.externalId)) {
    return rejected('SUBSCRIBER_EXISTS', 'externalId');
  }
  if (data.platform && !platforms.has(data.platform)) return rejected('PLATFORM_NOT_CONFIGURED', 'platform');
  const { card, refusal: simRefusal } = checkSim(view, command.actor, data.sim);
  if (simRefusal) return rejected(simRefusal.code, simRefusal.field);
  const { keys, refusal } = checkInitialResources(view, account.tenantId, data);
  if (refusal) return rejected(refusal.code, refusal.field);

  const freed = keys.flatMap((key) => assignmentOf(view, key) ?? []);
  const holders = [...freed.map((resource) => resource.subscriberId), card?.previous?.subscriberId ?? []].flat();
  const locked = lockRefusal(view.locks, command, ...holders.map((id) => ({ type: 'Subscriber' as const, id })));
  if (locked) return locked;
  const times = freed.map((resource) => resource.validFrom);
  const posting = startPosting(view, command, [card?.previous?.changedAt, ...times]);
  const state = data.state ?? 'Active';
  const { externalId, platform = null } = data;
  const subscriber = addSubscriber(view, posting, { account, externalId, state, platform });
  if (card) giveSim(view, posting, subscriber, { ...card, status: card.status ?? simStatusOf[state] });
  for (const key of keys) addResource(view, posting, subscriber, key);
  return completed(posting.occurredAt, posting.changes);
}
