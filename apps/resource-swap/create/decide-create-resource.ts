import { checkMandatory, type CommandData } from '#libs/contracts';
import {
  addResource,
  assignmentOf,
  checkNewResource,
  referencedSubscriber,
  startPosting,
  type InventoryView,
} from '#libs/inventory';
import { completed, lockRefusal, rejected, type Command, type Decision } from '#libs/transactions';
import { refusedResource } from '../refused-resource.js';

/** Decides the addition of a resource to a subscriber on the view and folds it in. */
export function decideCreateResource(
  view: InventoryView,
  command: Command<CommandData<'CreateSubscriberResource'>>,
): Decision {
  const { data, missing } = checkMandatory('CreateSubscriberResource', command.data);
  if (missing) return rejected(missing.code, missing.field);
  const subscriber = referencedSubscriber(view, command.actor, data.subscriber);
  if (!subscriber) return rejected('SUBSCRIBER_NOT_FOUND', 'subscriber');
  const locked = lockRefusal(view.locks, command, { type: 'Subscriber', id: subscriber.subscriberId });
  if (locked) return locked;
  if (subscriber.state === 'Deactivated') return rejected('SUBSCRIBER_DEACTIVATED', 'subscriber');
  const { key, refusal } = checkNewResource(view, subscriber, { type: data.resourceType, value: data.resource });
  if (refusal) return refusedResource(refusal);
  const freed = assignmentOf(view, key);
  const holderLocked = freed && lockRefusal(view.locks, command, { type: 'Subscriber', id: freed.subscriberId });
  if (holderLocked) return holderLocked;
  const posting = startPosting(view, command, [freed?.validFrom]);
  addResource(view, posting, subscriber, key);
  return completed(posting.occurredAt, posting.changes);
}
