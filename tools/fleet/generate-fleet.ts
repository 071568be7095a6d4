import type { SubscriberState } from '#libs/contracts';
import type { Platform } from '#libs/platforms';
import { numberPrefixes } from './accounts.js';
import type { FleetRow } from './fleet-row.js';
import { luhnDigit } from './luhn.js';
import { randomOf, type Random } from './random.js';

const seed = 20_260_301;

interface SimPrefix {
  iccid: string;
  imsi: string;
}

/** Where a platform's numbers begin: ICCIDs with 89 and a country, IMSIs with country and network; invented beyond that. */
const simPrefixes = {
  TMUS: { iccid: '8901260', imsi: '310260' },
  IOTA: { iccid: '8931087', imsi: '204081' },
  JASPER: { iccid: '8901170', imsi: '310170' },
  '1NCE': { iccid: '8988228', imsi: '901405' },
  TMSP: { iccid: '8934075', imsi: '214071' },
  INTELSAT: { iccid: '8988116', imsi: '901116' },
  AIRLINQ: { iccid: '8991921', imsi: '404921' },
  STC: { iccid: '8996601', imsi: '420011' },
  TURKCELL: { iccid: '8990011', imsi: '286011' },
  GALAXY1: { iccid: '8988129', imsi: '901129' },
} as const satisfies Record<Platform, SimPrefix>;

const platforms = Object.keys(simPrefixes) as Platform[]; // keys are no wider than the literal above

const accountWeights = [
  ['ACME-TT', 30],
  ['ACME-TT-IOT', 10],
  ['ACME-BB', 10],
  ['ACME-JM', 15],
  ['GLOBEX-PA', 15],
  ['GLOBEX-PA-IOT', 10],
  ['GLOBEX-PR', 10],
] as const;

const stateWeights = [
  ['Active', 78],
  ['Suspended', 8],
  ['Inactive', 10],
  ['Deactivated', 4],
] as const satisfies [SubscriberState, number][];

/** The demo fleet: `count` subscribers over the ten platforms, the same rows at every call. */
export function generateFleet(count = 1000): FleetRow[] {
  const random = randomOf(seed);
  return Array.from({ length: count }, (_, index) => subscriber(index + 1, random));
}

function subscriber(number: number, random: Random): FleetRow {
  const platform = platforms[number % platforms.length] ?? 'JASPER';
  const accountId = random.pick(accountWeights);
  const state = random.pick(stateWeights);
  const name = String(number).padStart(4, '0');
  const domain = accountId.startsWith('ACME') ? 'acme.example' : 'globex.example';
  return {
    externalId: `SUB-${name}`,
    accountId,
    state,
    platform,
    iccid: iccid(platform, number, random),
    imsi: `${simPrefixes[platform].imsi}${digits(number, 9)}`,
    msisdn: `${numberPrefixes[accountId] ?? ''}2${digits(number, 6)}`,
    email: random.next() < 0.3 ? `sub-${name}@${domain}` : '',
    username: random.next() < 0.2 ? `tracker-${name}` : '',
  };
}

/** 19 digits: the platform's prefix, a batch, the number and its check digit. */
function iccid(platform: Platform, number: number, random: Random): string {
  const payload = `${simPrefixes[platform].iccid}${digits(Math.floor(random.next() * 100_000), 5)}${digits(number, 6)}`;
  return payload + luhnDigit(payload);
}

const digits = (value: number, length: number): string => String(value).padStart(length, '0');
