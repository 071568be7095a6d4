import type { CommandData } from '#libs/contracts';
import { lockInventory, wantNothing, wantSubscriber, writeInventory, type ResourceTypeSource } from '#libs/inventory';
import type { CommandHandler } from '#libs/transactions';
import { decideResetActivationTime } from './decide-reset-activation-time.js';

/** Forgets the first activation of subscribers' SIMs. */
export const resetActivationTimes =
  (configuredTypes: ResourceTypeSource): CommandHandler<CommandData<'ResetActivationTime'>> =>
  async (commands, context) => {
    const wanted = { ...wantNothing(await configuredTypes(context.tx)), sims: true };
    for (const { actor, data } of commands) wantSubscriber(wanted, actor.tenantId, data.subscriber);
    const view = await lockInventory(context, wanted);
    const decisions = commands.map((command) => decideResetActivationTime(view, command));
    await writeInventory(context.tx, view);
    return decisions;
  };
