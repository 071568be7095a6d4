import type { SubscriberState } from '#libs/contracts';

/** A line of examples/fleet.csv; what a subscriber does not have is empty. */
export interface FleetRow {
  externalId: string;
  accountId: string;
  state: SubscriberState;
  platform: string;
  iccid: string;
  imsi: string;
  msisdn: string;
  email: string;
  username: string;
}

export const fleetColumns = [
  'externalId',
  'accountId',
  'state',
  'platform',
  'iccid',
  'imsi',
  'msisdn',
  'email',
  'username',
] as const satisfies (keyof FleetRow)[];
