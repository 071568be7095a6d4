import { checkMandatory, type CommandData } from '#libs/contracts';
import {
  addResource,
  assignmentOf,
  checkNewResource,
  referencedSubscriber,
  startPosting,
  type InventoryView,
} from '#libs/inventory';
import { completed, rejected, type Command, type Decision } from '#libs/transactions';
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
  if (subscriber.state === 'Deactivated') return rejected('SUBSCRIBER_DEACTIVATED', 'subscriber');
  const { key, refusal } = checkNewResource(view, subscriber, { type: data.resourceType, value: data.resource });
  if (refusal) return refusedResource(refusal);
  const posting = startPosting(view, command, [assignmentOf(view, key)?.validFrom]);
  addResource(view, posting, subscriber, key);
  return completed(posting.occurredAt, posting.changes);
}
