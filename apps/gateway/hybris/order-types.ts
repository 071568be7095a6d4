import type { SimStatus } from '#libs/contracts';

/** What an order does to a SIM: by which operation of a patch it is asked for, and which SIMs it is for. */
export interface OrderMeaning {
  op: 'add' | 'replace';
  status: SimStatus;
  from: SimStatus[];
}

/** Seed 004's order types. What they mean for subscriber, SIM and service is a table of docs/states.md. */
export const orderTypes = {
  Activate: { op: 'add', status: 'ACTIVE', from: ['INACTIVE'] },
  Disconnect: { op: 'replace', status: 'TERMINATED', from: ['INACTIVE', 'ACTIVE', 'SUSPENDED'] },
  Suspend: { op: 'replace', status: 'SUSPENDED', from: ['ACTIVE'] },
  Resume: { op: 'replace', status: 'ACTIVE', from: ['SUSPENDED'] },
} as const satisfies Record<string, { op: OrderMeaning['op']; status: SimStatus; from: readonly SimStatus[] }>;

export type OrderType = keyof typeof orderTypes;

export const isOrderType = (name: unknown): name is OrderType =>
  typeof name === 'string' && Object.hasOwn(orderTypes, name);
