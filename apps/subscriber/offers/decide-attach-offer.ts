import type { CommandData } from '#libs/contracts';
import { attachedOffer, attachOffer, startPosting, type InventoryView, type OfferView } from '#libs/inventory';
import { completed, rejected, type Command, type Decision } from '#libs/transactions';
import { checkOfferCommand } from './check-offer-command.js';

/** Decides the attachment of an offer to a subscriber and folds it into the offers. */
export function decideAttachOffer(
  view: InventoryView,
  offers: OfferView,
  command: Command<CommandData<'AttachOffer'>>,
): Decision {
  const { subscriber, offerId, refusal } = checkOfferCommand(view, offers, command);
  if (refusal) return refusal;
  if (attachedOffer(offers, subscriber, offerId)) return rejected('OFFER_ATTACHED', 'offerId');
  const posting = startPosting(view, command, []);
  attachOffer(offers, posting, subscriber, offerId);
  return completed(posting.occurredAt, posting.changes);
}
