import { v5 as deriveUuid } from 'uuid';
import type { Change } from '#libs/contracts';
import type { AccountScope } from './references.js';
import type { InventoryView } from './view.js';

/** The changes of one command as they are made. */
export interface Posting {
  actor: AccountScope;
  businessTransactionId: string;
  occurredAt: Date;
  changes: Change[];
}

/** Starts a posting at the view's time, or at the latest of the touched entities' own times, should the clock be behind. */
export function startPosting(
  view: Pick<InventoryView, 'now'>,
  command: { actor: AccountScope; businessTransactionId: string },
  touched: (Date | undefined)[],
): Posting {
  const times = touched.flatMap((time) => (time ? [time.getTime()] : []));
  return {
    actor: command.actor,
    businessTransactionId: command.businessTransactionId,
    occurredAt: new Date(Math.max(view.now.getTime(), ...times)),
    changes: [],
  };
}

/** Id of an entity that the posting creates. Derived, so that deciding needs no source of chance; unique by its place. */
export const newEntityId = (posting: Posting): string =>
  deriveUuid(String(posting.changes.length), posting.businessTransactionId);
