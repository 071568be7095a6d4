import { checkMandatory, type CommandData } from '#libs/contracts';
import { endResource, heldResource, referencedSubscriber, startPosting, type InventoryView } from '#libs/inventory';
import { completed, lockRefusal, rejected, type Command, type Decision } from '#libs/transactions';

/** Decides the end of a subscriber's resource on the view and folds it in. */
export function decideDeleteResource(
  view: InventoryView,
  command: Command<CommandData<'DeleteSubscriberResource'>>,
): Decision {
  const { data, missing } = checkMandatory('DeleteSubscriberResource', command.data);
  if (missing) return rejected(missing.code, missing.field);
  const subscriber = referencedSubscriber(view, command.actor, data.subscriber);
  if (!subscriber) return rejected('SUBSCRIBER_NOT_FOUND', 'subscriber');
  const locked = lockRefusal(view.locks, command, { type: 'Subscriber', id: subscriber.subscriberId });
  if (locked) return locked;
  if (subscriber.state === 'Deactivated') return rejected('SUBSCRIBER_DEACTIVATED', 'subscriber');
  const resource = heldResource(view, subscriber, data.resourceType, data.resource);
  if (!resource) return rejected('RESOURCE_NOT_FOUND', 'resource');
  if (!view.types.has(data.resourceType)) return rejected('RESOURCE_TYPE_NOT_CONFIGURED', 'resourceType');
  const posting = startPosting(view, command, [resource.validFrom]);
  endResource(view, posting, subscriber, resource);
  return completed(posting.occurredAt, posting.changes);
}
