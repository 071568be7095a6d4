import type { CommandData } from '#libs/contracts';
import {
  lockInventory,
  wantNothing,
  wantResource,
  wantSubscriber,
  writeInventory,
  type ResourceTypeSource,
} from '#libs/inventory';
import type { CommandHandler } from '#libs/transactions';
import { decideSwap } from './decide-swap.js';

/** Gives subscribers' resources new values; each command sees what those before it did. */
export const swapSubscriberResource =
  (configuredTypes: ResourceTypeSource): CommandHandler<CommandData<'SwapSubscriberResource'>> =>
  async (commands, context) => {
    const wanted = { ...wantNothing(await configuredTypes(context.tx)), ownResources: true };
    for (const { actor, data } of commands) {
      wantSubscriber(wanted, actor.tenantId, data.subscriber);
      wantResource(wanted, actor.tenantId, data.resourceType, data.resource);
    }
    const view = await lockInventory(context, wanted);
    const decisions = commands.map((command) => decideSwap(view, command));
    await writeInventory(context.tx, view);
    return decisions;
  };
