import { randomInt } from 'node:crypto';
import { expectStatus, type Api } from './api.js';
import type { DemoSubscriber } from './load-fleet.js';

/** A subscriber with the number it has now and one that nobody has. */
export interface PossibleSwap {
  externalId: string;
  accountId: string;
  present: string;
  fresh: string;
}

interface Resources {
  subscriber: { state: string };
  resources: { value: string }[];
}

/** Past swaps and whatever else was tried may have changed the fleet, so the system is asked what is so now. */
export async function pickSwaps(gateway: Api, candidates: DemoSubscriber[], count: number): Promise<PossibleSwap[]> {
  const picked: PossibleSwap[] = [];
  for (const { externalId, accountId, state } of candidates) {
    if (picked.length === count) return picked;
    if (state !== 'Active') continue;
    const reply = await gateway.get('/v1/casm/subscribers/resources', { externalId, resourceType: 'MSISDN' });
    const { subscriber, resources } = expectStatus<Resources>('GET …/resources', reply, 200);
    const present = resources[0]?.value;
    if (subscriber.state !== 'Active' || present === undefined) continue;
    picked.push({ externalId, accountId, present, fresh: freshNumber(present) });
  }
  throw new Error('No demo subscriber is Active and has an MSISDN any more');
}

/** Of the same country. The fleet's numbers go on with 2; that another one is hit is possible, but unlikely enough. */
const freshNumber = (present: string): string =>
  `${present.slice(0, 4)}9${String(randomInt(1_000_000)).padStart(6, '0')}`;

/** Body of a swap, for REST and Kafka alike. */
export const swapData = (swap: PossibleSwap, requestId: string): Record<string, unknown> => ({
  requestId,
  subscriber: { externalId: swap.externalId },
  resourceType: 'MSISDN',
  swapResource: swap.present,
  resource: swap.fresh,
});
