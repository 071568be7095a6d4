import type { CommandData } from '#libs/contracts';
import { lockInventory, wantNothing, wantSubscriber, writeInventory, type ResourceTypeSource } from '#libs/inventory';
import type { CommandHandler } from '#libs/transactions';
import { decideDeleteResource } from './decide-delete-resource.js';

/** Ends subscribers' resources; each command sees what those before it did. */
export const deleteSubscriberResource =
  (configuredTypes: ResourceTypeSource): CommandHandler<CommandData<'DeleteSubscriberResource'>> =>
  async (commands, context) => {
    const wanted = { ...wantNothing(await configuredTypes(context.tx)), ownResources: true };
    for (const { actor, data } of commands) wantSubscriber(wanted, actor.tenantId, data.subscriber);
    const view = await lockInventory(context, wanted);
    const decisions = commands.map((command) => decideDeleteResource(view, command));
    await writeInventory(context.tx, view);
    return decisions;
  };
