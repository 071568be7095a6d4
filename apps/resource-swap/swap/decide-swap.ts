import { checkMandatory, type CommandData } from '#libs/contracts';
import {
  assignmentOf,
  checkNewResource,
  heldResource,
  referencedSubscriber,
  startPosting,
  swapResource,
  type InventoryView,
} from '#libs/inventory';
import { completed, lockRefusal, rejected, type Command, type Decision } from '#libs/transactions';
import { refusedResource } from '../refused-resource.js';

/** Decides a swap on the view and folds it in. Refuses in the order of seed 003: what is missing, then what is wrong. */
export function decideSwap(view: InventoryView, command: Command<CommandData<'SwapSubscriberResource'>>): Decision {
  const { data, missing } = checkMandatory('SwapSubscriberResource', command.data);
  if (missing) return rejected(missing.code, missing.field);
  const subscriber = referencedSubscriber(view, command.actor, data.subscriber);
  if (!subscriber) return rejected('SUBSCRIBER_NOT_FOUND', 'subscriber');
  const locked = lockRefusal(view.locks, command, { type: 'Subscriber', id: subscriber.subscriberId });
  if (locked) return locked;
  if (subscriber.state === 'Deactivated') return rejected('SUBSCRIBER_DEACTIVATED', 'subscriber');
  const old = heldResource(view, subscriber, data.resourceType, data.swapResource);
  if (!old) return rejected('SWAP_RESOURCE_NOT_FOUND', 'swapResource');
  const wanted = { type: data.resourceType, value: data.resource, swapped: old };
  const { key, refusal } = checkNewResource(view, subscriber, wanted);
  if (refusal) return refusedResource(refusal);
  const freed = assignmentOf(view, key);
  const holderLocked = freed && lockRefusal(view.locks, command, { type: 'Subscriber', id: freed.subscriberId });
  if (holderLocked) return holderLocked;
  const posting = startPosting(view, command, [old.validFrom, freed?.validFrom]);
  swapResource(view, posting, subscriber, { old, key });
  return completed(posting.occurredAt, posting.changes);
}
