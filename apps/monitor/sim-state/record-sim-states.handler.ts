import type { CommandData } from '#libs/contracts';
import { writeInventory } from '#libs/inventory';
import { readUnsettled, settleRequests } from '#libs/platforms';
import type { CommandHandler } from '#libs/transactions';
import { lockSims } from '../lock-sims.js';
import { decideSimState } from './decide-sim-state.js';

/** Brings SIMs to what their platforms were found to have, where an operation's end says nothing of that. */
export const recordSimStates: CommandHandler<CommandData<'RecordSimState'>> = async (commands, context) => {
  const { tx } = context;
  const operationIds = [...new Set(commands.map(({ data }) => data.operationId))];
  const unsettled = await readUnsettled(tx, operationIds);
  const view = await lockSims(
    context,
    commands.map(({ data: { iccid, operationId } }) => ({ iccid, change: unsettled.get(operationId) })),
  );
  const before = [...unsettled.keys()];
  const decisions = commands.map((command) => decideSimState(view, unsettled, command));
  await writeInventory(tx, view);
  await settleRequests(
    tx,
    before.filter((operationId) => !unsettled.has(operationId)),
  );
  return decisions;
};
