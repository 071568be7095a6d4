import type { Subscriber } from '#libs/inventory';
import type { Database } from '#libs/postgres';
import { resourceRow, saveInventory, simRow, subscriberRow } from '#libs/testing';

/** Identifiers of the first subscriber of ACME-A, one of each type; the IMSIs are seed 002's. */
export const first = {
  IMSI: '222013090963830',
  ICCID: '8901260012345678902',
  MSISDN: '18685550101',
  IMEI: '490154203237518',
  IMEISV: '4901542032375181',
} as const;
export const second = { IMSI: '222013090961866' } as const;
/** of ACME-B */
export const sibling = { IMSI: '222013090970001' } as const;
/** of another tenant */
export const foreign = { IMSI: '222013090980001' } as const;
export const nobody = { IMSI: '222013090990001' } as const;

/** The IMSI of one of the 250 further subscribers of ACME-A, from 0. */
export const imsiOf = (index: number): string => `22201309200${String(index).padStart(4, '0')}`;
const further = 250;

const of = (externalId: string, accountId: string): Subscriber => {
  const tenantId = accountId.split('-', 1)[0] ?? accountId;
  return subscriberRow(externalId, { accountId, tenantId, accountPath: [...new Set([tenantId, accountId])] });
};

/** Saves subscribers of ACME-A, one of ACME-B and one of OTHER. */
export async function saveFleet(database: Database): Promise<void> {
  const [one, two] = [of('SUB-1', 'ACME-A'), of('SUB-2', 'ACME-A')];
  const [ofSibling, ofOther] = [of('SUB-B', 'ACME-B'), of('SUB-O', 'OTHER')];
  const many = Array.from({ length: further }, (_, index) => of(`SUB-N${index}`, 'ACME-A'));
  const { ICCID, ...values } = first;
  await saveInventory(database, {
    subscribers: [one, two, ofSibling, ofOther, ...many],
    resources: [
      ...Object.entries(values).map(([type, value]) => resourceRow(one, type, value)),
      resourceRow(two, 'IMSI', second.IMSI),
      resourceRow(ofSibling, 'IMSI', sibling.IMSI),
      resourceRow(ofOther, 'IMSI', foreign.IMSI),
      ...many.map((subscriber, index) => resourceRow(subscriber, 'IMSI', imsiOf(index))),
    ],
    sims: [simRow(one, ICCID, { imsi: first.IMSI, firstActivatedAt: new Date('2026-01-31T12:00:00Z') })],
  });
}
