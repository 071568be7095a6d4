import type { Socket } from 'node:net';
import type { Fault } from '../faults/fault.js';
import { createLanes, type Lanes } from './lanes.js';
import { createLedger, type Ledger } from './ledger.js';
import { allSettings, type PlatformSettings } from './settings.js';
import { newSim, type RequestRecord, type SimRecord } from './sims.js';
import { createTimers, type Timers } from './timers.js';

/** Everything the simulator knows. A reset replaces it by a new one; what is under way in the old one disturbs nobody. */
export interface World {
  readonly seed: number;
  readonly platforms: Map<string, SimulatedPlatform>;
  faults: Fault[];
  readonly newFaultId: () => number;
  readonly ledger: Ledger;
  readonly timers: Timers;
  /** connections of requests that are never answered */
  readonly held: Set<Socket>;
}

export interface SimulatedPlatform {
  readonly name: string;
  settings: PlatformSettings;
  readonly sims: Map<string, SimRecord>;
  readonly requests: Map<string, RequestRecord>;
  /** times of the requests that count for the rate limit */
  readonly slots: number[];
  readonly callbackLanes: Lanes;
  readonly counts: PlatformCounts;
}

export interface PlatformCounts {
  /** requests with a valid credential */
  calls: number;
  /** of those, refused by the rate limit */
  limited: number;
  effects: number;
  /** effects of a request whose idempotency key had had one before */
  repeatedEffects: number;
  callbacksDelivered: number;
  /** given up after the last attempt */
  callbacksFailed: number;
}

const callbacksAtATime = 32;
/** Accepted requests that can be asked for; older ones are forgotten. */
const requestsRemembered = 200_000;

export function createWorld(seed: number): World {
  let faults = 0;
  return {
    seed,
    platforms: new Map(allSettings().map(([name, settings]) => [name, newPlatform(name, settings)])),
    faults: [],
    newFaultId: () => (faults += 1),
    ledger: createLedger(),
    timers: createTimers(),
    held: new Set(),
  };
}

/** Ends all waits, sends no more callbacks, and closes the connections that were never answered. */
export function endWorld({ timers, held }: World): void {
  timers.end();
  for (const socket of held) socket.destroy();
}

export const newPlatform = (name: string, settings: PlatformSettings): SimulatedPlatform => ({
  name,
  settings,
  sims: new Map(),
  requests: new Map(),
  slots: [],
  callbackLanes: createLanes(callbacksAtATime),
  counts: { calls: 0, limited: 0, effects: 0, repeatedEffects: 0, callbacksDelivered: 0, callbacksFailed: 0 },
});

/** The SIM, which comes into being when it is asked for, unless the platform refuses those it does not know. */
export function findSim({ sims, settings }: SimulatedPlatform, iccid: string): SimRecord | undefined {
  const known = sims.get(iccid);
  if (known || settings.unknownSims === 'refuse') return known;
  const adopted = newSim(iccid);
  sims.set(iccid, adopted);
  return adopted;
}

export function rememberRequest({ requests }: SimulatedPlatform, record: RequestRecord): void {
  requests.set(record.request.requestId, record);
  for (const oldest of requests.keys()) {
    if (requests.size <= requestsRemembered) break;
    requests.delete(oldest);
  }
}
