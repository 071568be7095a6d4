import type { BulkAction } from '#libs/contracts';
import { findSubscribersFor, type ResourceTypeSource } from '#libs/inventory';
import { lockPolicy } from '#libs/locks';
import type { Tx } from '#libs/postgres';
import type { ItemCommand } from './item-command.js';
import { readPlatforms } from './platforms.sql.js';

/** What a SIM's platform carries out, when it is connected. */
const platformActions: readonly BulkAction[] = [
  'ChangeSimStatus',
  'ChangeSubscriberStatus',
  'AssignCustomProperties',
  'TransferSim',
];

/** Whether items of the job lock the subscriber they name. */
export const locksSubscriber = (action: BulkAction): boolean => lockPolicy.bulk[action]?.entity === 'Subscriber';

/** Finds the subscribers of items that will lock them, and the platforms of items that platforms carry out. */
export async function findEntities(tx: Tx, items: ItemCommand[], types: ResourceTypeSource): Promise<void> {
  const locking = items.filter(({ job }) => locksSubscriber(job.action));
  if (locking.length === 0) return;
  const subscribers = await findSubscribersFor(
    tx,
    await types(tx),
    locking.map(({ job, data }) => ({ scope: job, reference: data.subscriber ?? {} })),
  );
  locking.forEach((item, index) => (item.subscriberId = subscribers[index]?.subscriberId ?? null));
  const forPlatforms = locking.filter(({ job }) => platformActions.includes(job.action) && !job.dryRun);
  const platforms = await readPlatforms(tx, forPlatforms.flatMap(subscriberOf));
  for (const item of forPlatforms) item.platform = platforms.get(item.subscriberId ?? '') ?? null;
}

export const subscriberOf = ({ subscriberId }: ItemCommand): string[] => (subscriberId === null ? [] : [subscriberId]);
