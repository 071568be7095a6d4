import type { CommandData } from '#libs/contracts';
import { lockInventory, wantNothing, wantSubscriber, writeInventory, type ResourceTypeSource } from '#libs/inventory';
import type { CommandHandler } from '#libs/transactions';
import { decideSimStatus } from './decide-sim-status.js';

/** Changes the status of subscribers' SIMs, and with it their states; each command sees what those before it did. */
export const changeSimStatuses =
  (configuredTypes: ResourceTypeSource): CommandHandler<CommandData<'ChangeSimStatus'>> =>
  async (commands, context) => {
    const wanted = { ...wantNothing(await configuredTypes(context.tx)), sims: true };
    for (const { actor, data } of commands) wantSubscriber(wanted, actor.tenantId, data.subscriber);
    const view = await lockInventory(context, wanted);
    const decisions = commands.map((command) => decideSimStatus(view, command));
    await writeInventory(context.tx, view);
    return decisions;
  };
