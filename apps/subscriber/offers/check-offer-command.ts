import { checkMandatory, type CommandData } from '#libs/contracts';
import { isOffered, referencedSubscriber, type InventoryView, type OfferView, type Subscriber } from '#libs/inventory';
import { lockRefusal, rejected, type Command, type Decision } from '#libs/transactions';

type OfferCheck =
  | { subscriber: Subscriber; offerId: string; refusal?: undefined }
  | { subscriber?: undefined; offerId?: undefined; refusal: Decision };

/** What attaching and detaching have in common: a subscriber that may be changed, and an offer of its tenant. */
export function checkOfferCommand(
  view: InventoryView,
  offers: OfferView,
  command: Command<CommandData<'AttachOffer'>>,
): OfferCheck {
  const { data, missing } = checkMandatory('AttachOffer', command.data);
  if (missing) return { refusal: rejected(missing.code, missing.field) };
  const subscriber = referencedSubscriber(view, command.actor, data.subscriber);
  if (!subscriber) return { refusal: rejected('SUBSCRIBER_NOT_FOUND', 'subscriber') };
  const refusal = lockRefusal(view.locks, command, { type: 'Subscriber', id: subscriber.subscriberId });
  if (refusal) return { refusal };
  if (subscriber.state === 'Deactivated') return { refusal: rejected('SUBSCRIBER_DEACTIVATED', 'subscriber') };
  if (!isOffered(offers, subscriber, data.offerId)) return { refusal: rejected('OFFER_NOT_FOUND', 'offerId') };
  return { subscriber, offerId: data.offerId };
}
