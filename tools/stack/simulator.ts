import type { SimStatus } from '#libs/contracts';
import type { Database } from '#libs/postgres';
import { listPlatforms, platformProfiles, savePlatform, type PlatformSettings } from '#libs/platforms';
import type { FaultKind } from '../../apps/platform-simulator/faults/fault.js';
import type { PlatformCounts } from '../../apps/platform-simulator/world/world.js';

export const platformNames = Object.keys(platformProfiles);

/** A SIM as a platform is to have it. */
export interface SimulatedSim {
  platform: string;
  iccid: string;
  status: SimStatus;
  account?: string | null;
}

/** What goes wrong at a platform; docs/platform-contract.md has the settings of each kind. */
export interface SimulatedFault {
  platform: string;
  kind: FaultKind;
  iccid?: string;
  count?: number;
  probability?: number;
  delayMs?: number;
  afterEffect?: boolean;
  on?: ('change' | 'read' | 'poll')[];
}

/** The admin API of a running simulator. */
export interface SimulatorClient {
  readonly url: string;
  /** SIMs that are there begin anew. */
  giveSims(sims: SimulatedSim[]): Promise<void>;
  sim(platform: string, iccid: string): Promise<{ status: SimStatus; account: string | null; version: number }>;
  /** Settings of platforms, all unless told: names and values as docs/platform-contract.md has them. */
  change(settings: Record<string, unknown>, platforms?: string[]): Promise<void>;
  /** Returns the fault's id. */
  addFault(fault: SimulatedFault): Promise<number>;
  endFaults(id?: number): Promise<void>;
  counts(): Promise<Record<string, PlatformCounts>>;
}

const simsAtOnce = 2000;

export function simulatorAt(url: string): SimulatorClient {
  const call = async <Body>(method: string, path: string, body?: unknown): Promise<Body> => {
    const response = await fetch(`${url}/simulator/v1/${path}`, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} of the simulator: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Body;
  };
  return {
    url,
    async giveSims(sims) {
      for (let from = 0; from < sims.length; from += simsAtOnce) {
        await call('PUT', 'sims', { sims: sims.slice(from, from + simsAtOnce) });
      }
    },
    sim: (platform, iccid) => call('GET', `sims/${platform}/${iccid}`),
    async change(settings, platforms = platformNames) {
      await Promise.all(platforms.map((name) => call('PATCH', `platforms/${name}`, settings)));
    },
    addFault: async (fault) => (await call<{ id: number }>('POST', 'faults', fault)).id,
    endFaults: (id) => call('DELETE', id === undefined ? 'faults' : `faults/${id}`),
    counts: async () => (await call<{ platforms: Record<string, PlatformCounts> }>('GET', 'counts')).platforms,
  };
}

/**
 * Connects the ten platforms to the simulator at this URL, with the credentials that it gives them. One that is connected
 * to something else than a simulator on this machine is left alone.
 */
export async function connectPlatforms(
  database: Database,
  pepper: string,
  simulatorUrl: string,
  settings: PlatformSettings = {},
): Promise<void> {
  await database.transaction(async (tx) => {
    for (const { name, baseUrl } of await listPlatforms(tx)) {
      if (!platformNames.includes(name) || !isOfSimulator(baseUrl, name)) continue;
      await savePlatform(tx, pepper, name, {
        baseUrl: `${simulatorUrl}/${name}`,
        credential: `simulated-${name}-credential`,
        callbackSecret: `simulated-${name}-callback-secret`,
        ...settings,
      });
    }
  });
}

const isOfSimulator = (baseUrl: string | null, name: string): boolean =>
  baseUrl === null || (baseUrl.startsWith('http://127.0.0.1:') && baseUrl.endsWith(`/${name}`));
