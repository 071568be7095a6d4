import type { CommandData } from '#libs/contracts';
import {
  lockInventory,
  wantExternalId,
  wantNothing,
  wantResource,
  writeInventory,
  type ResourceTypeSource,
  type Wanted,
} from '#libs/inventory';
import type { PlatformSource } from '#libs/platforms';
import type { Command, CommandHandler } from '#libs/transactions';
import { decideCreateSubscriber } from './decide-create-subscriber.js';
import { initialResources } from './initial-resources.js';

/** What may be configured for new subscribers. */
export interface CreationSources {
  types: ResourceTypeSource;
  platforms: PlatformSource;
}

/** Creates subscribers with their SIMs and resources; each command sees what those before it did. */
export const createSubscriber =
  ({ types, platforms }: CreationSources): CommandHandler<CommandData<'CreateSubscriber'>> =>
  async (commands, context) => {
    const wanted = wantNothing(await types(context.tx));
    const configured = await platforms(context.tx);
    for (const command of commands) want(wanted, command);
    const view = await lockInventory(context, wanted);
    const decisions = commands.map((command) => decideCreateSubscriber(view, command, configured));
    await writeInventory(context.tx, view);
    return decisions;
  };

function want(wanted: Wanted, { actor, data }: Command<CommandData<'CreateSubscriber'>>): void {
  wanted.accountIds.add(data.accountId);
  wantExternalId(wanted, actor.tenantId, data.externalId);
  if (data.sim) wanted.iccids.add(data.sim.iccid);
  for (const { type, value } of initialResources(data)) wantResource(wanted, actor.tenantId, type, value);
}
