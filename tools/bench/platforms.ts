import { setTimeout as delay } from 'node:timers/promises';
import type { SimStatus } from '#libs/contracts';
import { platformNames, simulatorAt, type SimulatorClient } from '../stack/index.js';
import { benchTenant, iccidOf } from './fleet.js';
import type { Latency } from './latency.js';
import { platformOf, sendChanges, timesOf, untilChanged, type ChangeTimes } from './platform-load.js';
import type { BenchStack } from './stack.js';
import { measurePatch, type PatchResult } from './sync-patch.js';
import { countUsage, type Usage } from './usage.js';

export interface PlatformsResult {
  /** asynchronous changes by Kafka, all sent at once, until the last operation has ended */
  operations: number;
  seconds: number;
  perSecond: number;
  failures: number;
  usage: Usage;
  steady: SteadyResult;
  patch: PatchResult;
}

/** A steady flow of changes over ten platforms: all of them well, and one of them answering nothing, in alternation. */
export interface SteadyResult {
  perSecond: number;
  /** of one run */
  operations: number;
  blackHoled: string;
  pairs: { well: ByPlatform; ill: ByPlatform }[];
  /** p95 of a platform that is well, ill to well: the median of the pairs, and the largest of all platforms */
  growth: number;
}

/** of the platforms that are well in both runs */
interface ByPlatform {
  ofPlatforms: Record<string, Latency>;
  ofAll: Latency;
}

const fast = { answerMs: { min: 1, max: 5 }, completionMs: { min: 5, max: 20 } };
const asynchronous = { changes: { status: 'async', 'custom-properties': 'sync' }, rateLimit: null } as const;
const blackHoled = 'TMSP';
const pairs = 3;
const steadyPerSecond = 150;
const steadyOperations = 15 * steadyPerSecond;
const patchRequests = 1000;
/** After so long every service has seen how platforms are configured. */
const configurationAgeMs = 6000;

/** Subscribers that are changed: first by Kafka, those after them by PATCH. */
export const platformSubscribers = (operations: number): number => operations + platformNames.length * patchRequests;

/**
 * Status changes at simulated platforms, by the real service processes and a simulator in a process of its own: first by
 * PATCH at a synchronous platform; then all ten are asynchronous, and the limit of 1NCE is lifted.
 */
export async function measurePlatforms(stack: BenchStack, operations: number): Promise<PlatformsResult> {
  const [simulated, gateway] = await stack.start(['platform-simulator', 'gateway']);
  if (!simulated || !gateway) throw new Error('Nothing was started');
  const [simulator, gatewayUrl] = [simulatorAt(await simulated.up), await gateway.up];
  await stack.connectPlatforms(simulator.url);
  await spreadFleet(stack, simulator, platformSubscribers(operations));
  const callbackBase = { SIMYARD_CALLBACK_BASE_URL: gatewayUrl };
  const services = await stack.start(['dwh-sink', 'subscriber', 'monitor', 'platform-connector'], callbackBase);
  const patch = await measurePatch(stack, gatewayUrl, simulator, jaspersFrom(operations));
  await simulator.change({ ...fast, ...asynchronous });
  await stack.connectPlatforms(simulator.url, asynchronous);
  await delay(configurationAgeMs);
  const turn = { next: 0 };
  // Consumers join and caches fill.
  await changeAll(stack, Math.min(1000, operations), turn);
  await changeAll(stack, Math.min(1000, operations), turn);
  const used = await countUsage(stack, [...services, gateway, simulated]);
  const startedAt = Date.now();
  const { failures, lastEndedAt } = await changeAll(stack, operations, turn);
  const seconds = (lastEndedAt - startedAt) / 1000;
  const usage = await used();
  await changeAll(stack, operations, turn);
  const steady = await measureSteady(stack, simulator, Math.min(operations, steadyOperations), turn);
  await stack.stopServices();
  return { operations, seconds, perSecond: operations / seconds, failures, usage, steady, patch };
}

/** Changes the status of the first `count` SIMs, which must have had the last turn's. */
async function changeAll(stack: BenchStack, count: number, turn: { next: number }): Promise<ChangeTimes> {
  const changes = await sendChanges(stack, count, statusOf(turn));
  await untilChanged(stack, changes);
  return timesOf(stack, changes);
}

/** SIMs begin as ACTIVE; each turn changes them. */
function statusOf(turn: { next: number }): SimStatus {
  turn.next += 1;
  return turn.next % 2 === 1 ? 'SUSPENDED' : 'ACTIVE';
}

/** Every pair has the same flow twice; the first pair is not counted. */
async function measureSteady(
  stack: BenchStack,
  simulator: SimulatorClient,
  operations: number,
  turn: { next: number },
): Promise<SteadyResult> {
  const measured: SteadyResult['pairs'] = [];
  for (let pair = -1; pair < pairs; pair += 1) {
    const well = await runSteady(stack, operations, turn);
    const fault = await simulator.addFault({ platform: blackHoled, kind: 'TIME_OUT' });
    const ill = await runSteady(stack, operations, turn, () => simulator.endFaults(fault));
    if (pair >= 0) measured.push({ well, ill });
  }
  const growth = Math.max(
    ...platformNames.filter((name) => name !== blackHoled).map((name) => growthOf(name, measured)),
  );
  return { perSecond: steadyPerSecond, operations, blackHoled, pairs: measured, growth };
}

function growthOf(platform: string, measured: SteadyResult['pairs']): number {
  const p95Of = ({ ofPlatforms }: ByPlatform): number => ofPlatforms[platform]?.p95Ms ?? NaN;
  const growths = measured.map(({ well, ill }) => p95Of(ill) / p95Of(well)).sort((a, b) => a - b);
  return growths[Math.floor(growths.length / 2)] ?? NaN;
}

/** One flow; `andThen` is called when the operations of the well platforms have ended, the others end after that. */
async function runSteady(
  stack: BenchStack,
  operations: number,
  turn: { next: number },
  andThen?: () => Promise<void>,
): Promise<ByPlatform> {
  const changes = await sendChanges(stack, operations, statusOf(turn), steadyPerSecond);
  await untilChanged(stack, changes, blackHoled);
  const { ofPlatforms, ofAll } = await timesOf(
    stack,
    changes.filter(({ platform }) => platform !== blackHoled),
  );
  await andThen?.();
  await untilChanged(stack, changes);
  return { ofPlatforms, ofAll };
}

/** Puts the subscribers on the ten platforms by turns, and gives the simulator their SIMs. */
async function spreadFleet({ database }: BenchStack, simulator: SimulatorClient, subscribers: number): Promise<void> {
  const indexes = Array.from({ length: subscribers }, (_, index) => index);
  await database.execute(
    `update inventory.sim set platform = ($1::text[])[1 + substr(iccid, 5)::bigint % cardinality($1::text[])]
     where substr(iccid, 5)::bigint < $2`,
    [platformNames, subscribers],
  );
  await database.execute('analyze inventory.sim');
  await simulator.giveSims(
    indexes.map((index) => ({
      platform: platformOf(index),
      iccid: iccidOf(index),
      status: 'ACTIVE',
      account: benchTenant,
    })),
  );
}

/** JASPER's subscribers behind the first `operations`. */
const jaspersFrom = (operations: number): number[] =>
  Array.from({ length: platformNames.length * patchRequests }, (_, n) => operations + n).filter(
    (index) => platformOf(index) === 'JASPER',
  );
