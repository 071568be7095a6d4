import type { CommandData } from '#libs/contracts';
import {
  lockInventory,
  readOffers,
  wantNothing,
  wantSubscriber,
  writeOffers,
  type InventoryView,
  type OfferView,
  type ResourceTypeSource,
} from '#libs/inventory';
import type { Command, CommandHandler, Decision } from '#libs/transactions';
import { decideAttachOffer } from './decide-attach-offer.js';
import { decideDetachOffer } from './decide-detach-offer.js';

/** Data of both commands. */
type OfferData = CommandData<'AttachOffer'>;
type Decide = (view: InventoryView, offers: OfferView, command: Command<OfferData>) => Decision;

/** Gives subscribers offers. */
export const attachOffers = (configuredTypes: ResourceTypeSource): CommandHandler<OfferData> =>
  changeOffers(configuredTypes, decideAttachOffer);

/** Takes offers away from subscribers. */
export const detachOffers = (configuredTypes: ResourceTypeSource): CommandHandler<OfferData> =>
  changeOffers(configuredTypes, decideDetachOffer);

/** Each command sees what those before it did. */
const changeOffers =
  (configuredTypes: ResourceTypeSource, decide: Decide): CommandHandler<OfferData> =>
  async (commands, context) => {
    const wanted = wantNothing(await configuredTypes(context.tx));
    for (const { actor, data } of commands) wantSubscriber(wanted, actor.tenantId, data.subscriber);
    const view = await lockInventory(context, wanted);
    const offers = await readOffers(
      context.tx,
      view,
      commands.flatMap(({ data }) => data.offerId ?? []),
    );
    const decisions = commands.map((command) => decide(view, offers, command));
    await writeOffers(context.tx, offers);
    return decisions;
  };
