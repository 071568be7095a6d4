import type { CommandData } from '#libs/contracts';
import { attachedOffer, detachOffer, startPosting, type InventoryView, type OfferView } from '#libs/inventory';
import { completed, rejected, type Command, type Decision } from '#libs/transactions';
import { checkOfferCommand } from './check-offer-command.js';

/** Decides the end of a subscriber's offer and folds it into the offers. */
export function decideDetachOffer(
  view: InventoryView,
  offers: OfferView,
  command: Command<CommandData<'DetachOffer'>>,
): Decision {
  const { subscriber, offerId, refusal } = checkOfferCommand(view, offers, command);
  if (refusal) return refusal;
  const attached = attachedOffer(offers, subscriber, offerId);
  if (!attached) return rejected('OFFER_NOT_ATTACHED', 'offerId');
  const posting = startPosting(view, command, [attached.attachedAt]);
  detachOffer(offers, posting, subscriber, attached);
  return completed(posting.occurredAt, posting.changes);
}
