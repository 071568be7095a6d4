import type { CommandData } from '#libs/contracts';
import { writeInventory } from '#libs/inventory';
import { settleRequests } from '#libs/platforms';
import type { CommandHandler } from '#libs/transactions';
import { lockSims } from '../lock-sims.js';
import { decidePlatformResponse } from './decide-platform-response.js';

/** Ends operations as their platforms have answered, and with it what is to be asked of the platforms. */
export const recordPlatformResponses: CommandHandler<CommandData<'RecordPlatformResponse'>> = async (
  commands,
  context,
) => {
  const { tx } = context;
  const view = await lockSims(
    context,
    commands.map(({ data }) => data),
  );
  const decisions = commands.map((command) => decidePlatformResponse(view, command));
  await writeInventory(tx, view);
  await settleRequests(
    tx,
    commands.map(({ operationId }) => operationId),
  );
  return decisions;
};
