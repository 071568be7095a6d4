import type { CommandData } from '#libs/contracts';
import { writeInventory } from '#libs/inventory';
import { settleRequests } from '#libs/platforms';
import type { CommandHandler } from '#libs/transactions';
import { lockSims } from '../lock-sims.js';
import { decidePlatformResponse } from './decide-platform-response.js';

/** Ends operations as their platforms have answered, and with it what is to be asked of the platforms. */
export const recordPlatformResponses: CommandHandler<CommandData<'RecordPlatformResponse'>> = async (
  commands,
  { tx },
) => {
  // What a platform has done is so, whoever holds the subscriber.
  const heldLocks = () => Promise.resolve(new Map<string, string>());
  const view = await lockSims(
    { tx, heldLocks },
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
