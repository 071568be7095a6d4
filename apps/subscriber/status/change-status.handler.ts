import type { CommandData } from '#libs/contracts';
import { lockInventory, wantNothing, wantSubscriber, writeInventory, type ResourceTypeSource } from '#libs/inventory';
import type { CommandHandler } from '#libs/transactions';
import { decideStatus } from './decide-status.js';

/** Changes subscribers' states, and with them their SIMs'; each command sees what those before it did. */
export const changeSubscriberStatus =
  (configuredTypes: ResourceTypeSource): CommandHandler<CommandData<'ChangeSubscriberStatus'>> =>
  async (commands, context) => {
    const wanted = { ...wantNothing(await configuredTypes(context.tx)), sims: true };
    for (const { actor, data } of commands) wantSubscriber(wanted, actor.tenantId, data.subscriber);
    const view = await lockInventory(context, wanted);
    const decisions = commands.map((command) => decideStatus(view, command));
    await writeInventory(context.tx, view);
    return decisions;
  };
