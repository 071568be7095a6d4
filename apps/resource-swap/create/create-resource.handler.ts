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
import { decideCreateResource } from './decide-create-resource.js';

/** Adds resources to subscribers; each command sees what those before it did. */
export const createSubscriberResource =
  (configuredTypes: ResourceTypeSource): CommandHandler<CommandData<'CreateSubscriberResource'>> =>
  async (commands, context) => {
    const wanted = wantNothing(await configuredTypes(context.tx));
    for (const { actor, data } of commands) {
      wantSubscriber(wanted, actor.tenantId, data.subscriber);
      wantResource(wanted, actor.tenantId, data.resourceType, data.resource);
    }
    const view = await lockInventory(context, wanted);
    const decisions = commands.map((command) => decideCreateResource(view, command));
    await writeInventory(context.tx, view);
    return decisions;
  };
