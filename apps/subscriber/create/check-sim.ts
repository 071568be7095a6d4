import type { CommandData, SimStatus } from '#libs/contracts';
import type { ErrorCode } from '#libs/errors';
import { inTree, type AccountScope, type InventoryView, type Sim } from '#libs/inventory';

const iccidFormat = /^[0-9]{18,20}$/;

/** A card that may be given to a new subscriber, and its row if it was in use before. */
export interface FreeCard {
  iccid: string;
  imsi: string | null;
  status: SimStatus | undefined;
  previous: Sim | undefined;
}

type SimCheck =
  | { card: FreeCard | undefined; refusal?: undefined }
  | { card?: undefined; refusal: { code: ErrorCode; field: string } };

/**
 * The card of a new subscriber: the format of its ICCID and IMSI, then whether it is free. The check digit is not
 * verified: operators also issue ICCIDs of 18 and 19 digits that carry none.
 */
export function checkSim(
  view: InventoryView,
  actor: AccountScope,
  sim: CommandData<'CreateSubscriber'>['sim'],
): SimCheck {
  if (!sim) return { card: undefined };
  if (!iccidFormat.test(sim.iccid)) return { refusal: { code: 'ICCID_INVALID', field: 'sim.iccid' } };
  const imsi = sim.imsi ? normalImsi(view, sim.imsi) : null;
  if (imsi === undefined) return { refusal: { code: 'RESOURCE_FORMAT_INVALID', field: 'sim.imsi' } };
  const previous = view.sims.get(sim.iccid);
  if (previous && !isFree(view, actor, previous)) return { refusal: { code: 'SIM_IN_USE', field: 'sim.iccid' } };
  return { card: { iccid: sim.iccid, imsi, status: sim.status, previous } };
}

const normalImsi = (view: InventoryView, imsi: string): string | undefined => {
  const type = view.types.get('IMSI');
  return type ? type.normalize(imsi) : imsi;
};

/** Without a subscriber, or with a Deactivated one: of the actor's own tree, as a card is a thing that somebody owns. */
function isFree(view: InventoryView, actor: AccountScope, sim: Sim): boolean {
  const holder = sim.subscriberId === null ? undefined : view.subscribers.get(sim.subscriberId);
  if (!holder) return sim.tenantId === actor.tenantId;
  return holder.state === 'Deactivated' && inTree(actor, holder.tenantId, holder.accountPath);
}
