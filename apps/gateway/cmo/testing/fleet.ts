import type { SimStatus } from '#libs/contracts';
import { stateOfSim, type Subscriber } from '#libs/inventory';
import { platformProfiles } from '#libs/platforms';
import type { Database } from '#libs/postgres';
import { resourceRow, saveInventory, simRow, subscriberRow } from '#libs/testing';

/** A SIM that a test needs: the `n`th of its platform. */
export interface Card {
  platform: string | null;
  n: number;
  accountId?: string;
  status?: SimStatus;
}

/** The ICCID of the `n`th SIM of a platform. */
export function iccidOf(platform: string | null, n: number): string {
  const place = platform === null ? 99 : Object.keys(platformProfiles).indexOf(platform);
  return `89882280${String(place).padStart(2, '0')}${String(n).padStart(9, '0')}`;
}

export const productId = (platform: string, n: number): string => `${platform}-${iccidOf(platform, n)}`;

/** Saves SIMs, each with a subscriber of ACME-A who has it, and an MSISDN. */
export async function saveCards(database: Database, cards: Card[]): Promise<void> {
  const rows = cards.map(({ platform, n, accountId = 'ACME-A', status = 'ACTIVE' }) => {
    const tenantId = accountId.split('-', 1)[0] ?? accountId;
    const path = [...new Set([tenantId, accountId])];
    const iccid = iccidOf(platform, n);
    const subscriber: Subscriber = subscriberRow(`SUB-${iccid}`, {
      ...{ tenantId, accountId, accountPath: path, platform, state: stateOfSim[status] },
    });
    const activated = status === 'INACTIVE' ? null : new Date('2020-04-01T20:00:00.000Z');
    return {
      subscriber,
      sim: simRow(subscriber, iccid, { status, imsi: `310${iccid.slice(-12)}`, firstActivatedAt: activated }),
      number: resourceRow(subscriber, 'MSISDN', `18${iccid.slice(-11)}`),
    };
  });
  await saveInventory(database, {
    subscribers: rows.map(({ subscriber }) => subscriber),
    resources: rows.map(({ number }) => number),
    sims: rows.map(({ sim }) => sim),
  });
}
