import type { SimStatus } from '#libs/contracts';
import { expectStatus, type Api } from './api.js';
import type { DemoSubscriber } from './load-fleet.js';

/** A SIM as the CMO facade names it. */
export interface PickedProduct {
  id: string;
  platform: string;
  iccid: string;
}

/** How fleet rows' states suggest that their SIM has one of the statuses. */
const rank = ({ state }: DemoSubscriber): number => (state === 'Active' ? 1 : 0);

/** A SIM of the platform in one of these statuses; earlier runs may have changed the fleet, so the system is asked. */
export async function pickProduct(
  gateway: Api,
  productPath: string,
  fleet: DemoSubscriber[],
  platform: string,
  statuses: SimStatus[],
): Promise<PickedProduct> {
  const candidates = fleet.filter((row) => row.platform === platform && row.state !== 'Deactivated');
  const direction = statuses.includes('ACTIVE') ? -1 : 1;
  candidates.sort((a, b) => direction * (rank(a) - rank(b)));
  for (const { iccid } of candidates) {
    const id = `${platform}-${iccid}`;
    const reply = await gateway.get(`${productPath}/${id}`);
    const { status } = expectStatus<{ status: SimStatus }>('GET …/product', reply, 200);
    if (statuses.includes(status)) return { id, platform, iccid };
  }
  throw new Error(`No SIM of the demo on ${platform} is ${statuses.join(' or ')} any more`);
}
