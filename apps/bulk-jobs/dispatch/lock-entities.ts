import { errorCodes } from '#libs/errors';
import { shareSubscribers } from '#libs/inventory';
import { lockPolicy, wantedLocks, type WantedLock } from '#libs/locks';
import type { Tx } from '#libs/postgres';
import { takeLocks } from '#libs/transactions';
import type { ItemResult } from '../item-results.sql.js';
import { locksSubscriber, subscriberOf } from './find-entities.js';
import type { ItemCommand } from './item-command.js';

/**
 * Takes the locks of items whose family has entity locks, from now to their end; returns the items that are refused, by
 * their operations' ids. A subscriber that does not exist is no reason to refuse: the item's service says so.
 */
export async function lockEntities(tx: Tx, items: ItemCommand[]): Promise<Map<string, ItemResult>> {
  const locking = items.filter(({ job }) => locksSubscriber(job.action));
  if (locking.length === 0) return new Map();
  await shareSubscribers(tx, locking.flatMap(subscriberOf));
  const refused = await takeLocks(tx, locking.flatMap(locksOf));
  return new Map(
    locking.flatMap(({ operationId, job: { jobId }, ordinal }) => {
      const holder = refused.get(operationId);
      if (holder === undefined) return [];
      return [[operationId, { jobId, ordinal, status: 'FAILED' as const, error: lockedBy(holder.operationId) }]];
    }),
  );
}

function locksOf({ operationId, job, deadline, subscriberId }: ItemCommand): WantedLock[] {
  const levels = lockPolicy.bulk[job.action];
  if (levels === undefined || subscriberId === null) return [];
  const { tenantId, accountId, actor: username, action } = job;
  return wantedLocks(
    levels,
    { operationId, tenantId, accountId, username, facade: 'bulk', action, expiresAt: deadline },
    { type: 'Subscriber', id: subscriberId },
  );
}

const lockedBy = (operationId: string): string =>
  JSON.stringify({ code: 'LOCKED', message: errorCodes.LOCKED.message, details: { operationId } });
