import { Command, InvalidArgumentError } from 'commander';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { projectDir } from '../infra/index.js';
import { poll } from '../start/poll.js';
import { isReady } from '../start/services.js';
import { lockSubscribers, measureAdmission } from './admission.js';
import { bulkSubscribers, measureBulk } from './bulk.js';
import { measureLimit } from './limit.js';
import { measureLockCost } from './lock-cost.js';
import { measureNestWay } from './nest-way/measure.js';
import { measurePlatforms, platformSubscribers } from './platforms.js';
import { preloadSwaps } from './preload.js';
import { measureProduct, untilStored } from './product.js';
import { machine, renderReport, type BenchReport } from './report.js';
import { measureRest } from './rest.js';
import { createBenchStack, type BenchStack } from './stack.js';

/** Swaps by REST: before those that are measured the services, and the broker, have compiled what they run. */
const restRequests = { warmUp: 3000, idle: 1000, underLoad: 1000 };
/** each is swapped once */
const restSubscribers = restRequests.warmUp + restRequests.idle + restRequests.underLoad;
const swapParts = ['product', 'nest', 'limit', 'rest'];
const parts = [...swapParts, 'bulk', 'locks', 'platforms', 'scale'];

interface Options {
  commands: number;
  nestCommands: number;
  subscribers: number;
  bulkItems: number;
  lockWrites: number;
  platformChanges: number;
  only: string[];
  json: boolean;
}

const program = new Command('bench')
  .description(
    'Measures swaps from Kafka to the warehouse, the documented way beside it, REST latency, bulk jobs, locks and platforms.',
  )
  .option('--commands <n>', 'commands of the product and the limit', positive, 100_000)
  .option('--nest-commands <n>', 'commands of the documented way', positive, 5000)
  .option('--subscribers <n>', 'subscribers in the tables; at least as many as commands and items', positive, 100_000)
  .option('--bulk-items <n>', 'items of the bulk job', positive, 100_000)
  .option('--lock-writes <n>', 'REST writes that take locks', positive, 10_000)
  .option('--platform-changes <n>', 'asynchronous status changes at platforms', positive, 10_000)
  .option(
    '--only <parts>',
    `some of ${parts.join(',')}; scale has a million subscribers`,
    partList,
    parts.filter((part) => part !== 'scale'),
  )
  .option('--json', 'print JSON instead of a table', false);

const options = program.parse().opts<Options>();
const say = (line: string): void => void process.stderr.write(`bench: ${line}\n`);
const dir = join(projectDir, '.simyard/bench');
await mkdir(dir, { recursive: true });
const report = await run(options);
process.stdout.write(`${options.json ? JSON.stringify(report, null, 2) : renderReport(report)}\n`);

/** Swaps, and bulks with locks, have stacks of their own, so that no part finds the other's rows. */
async function run({ subscribers, only, bulkItems, lockWrites, commands }: Options): Promise<BenchReport> {
  const result: BenchReport = { machine: machine(), subscribers };
  if (only.some((part) => swapParts.includes(part))) {
    await withStack(Math.max(subscribers, commands, restSubscribers), (stack) => measureSwaps(stack, result));
  }
  if (only.includes('bulk') || only.includes('locks')) {
    const needed = Math.max(subscribers, lockSubscribers(lockWrites), bulkSubscribers(bulkItems));
    await withStack(needed, (stack) => measureBulkAndLocks(stack, result));
  }
  if (only.includes('platforms')) {
    const { platformChanges } = options;
    await withStack(platformSubscribers(platformChanges), async (stack) => {
      say(`platforms: ${platformChanges} status changes, and a steady flow with one platform black-holed`);
      result.platforms = await measurePlatforms(stack, platformChanges);
    });
  }
  if (only.includes('scale')) {
    await withStack(1_000_000, async (stack) => {
      result.scale = { subscribers: 1_000_000, product: await measureProduct(stack, options.commands) };
    });
  }
  const { product, nestWay, limit, scale } = result;
  result.ratios = {
    ...(product && nestWay && { productToNestWay: product.perSecond / nestWay.perSecond }),
    ...(product && limit && { productToLimit: product.perSecond / limit.perSecond }),
    ...(product && scale && { scale: scale.product.perSecond / product.perSecond }),
  };
  return result;
}

async function withStack(subscribers: number, measure: (stack: BenchStack) => Promise<void>): Promise<void> {
  const stack = await createBenchStack(subscribers, dir, say);
  try {
    await measure(stack);
  } finally {
    await stack.stop();
  }
}

/** Each part swaps every subscriber once, so that the next round starts from the numbers of the one before. */
async function measureSwaps(stack: BenchStack, result: BenchReport): Promise<void> {
  const { only, commands } = options;
  let round = 0;
  if (only.includes('product')) {
    say(`product: ${commands} preloaded commands`);
    result.product = await measureProduct(stack, commands, round++);
  }
  if (only.includes('rest')) await measureBothRest(stack, result, round++);
  if (only.includes('limit')) {
    say('limit: the same batches without messaging');
    result.limit = await measureLimit(stack, commands, round++);
  }
  if (only.includes('nest')) {
    say(`documented way: ${options.nestCommands} commands`);
    result.nestWay = await measureNestWay(stack, options.nestCommands, round);
  }
}

async function measureBulkAndLocks(stack: BenchStack, result: BenchReport): Promise<void> {
  const { only, bulkItems, lockWrites } = options;
  if (only.includes('bulk')) {
    say(`bulk: a job of ${bulkItems} items, and one with single calls beside it`);
    result.bulk = await measureBulk(stack, bulkItems);
  }
  if (only.includes('locks')) {
    say('locks: the same admissions with and without');
    result.lockCost = await measureLockCost(stack);
    say(`locks: ${lockWrites} writes of distinct users by REST`);
    result.admission = await measureAdmission(stack, lockWrites);
  }
}

/** The first subscribers are swapped by REST, the others by the waiting commands. */
async function measureBothRest(stack: BenchStack, result: BenchReport, round: number): Promise<void> {
  const services = await stack.start(['dwh-sink', 'subscriber', 'monitor', 'gateway', 'resource-swap']);
  const gatewayUrl = (await services.find(({ name }) => name === 'gateway')?.up) ?? '';
  const load = { perSecond: 100, round };
  const { warmUp, idle, underLoad } = restRequests;
  say(`REST: ${warmUp} swaps at ${load.perSecond} per second to warm up`);
  await measureRest(stack, gatewayUrl, { ...load, requests: warmUp, firstSubscriber: 0 });
  say(`REST, idle: ${idle} swaps`);
  result.restIdle = await measureRest(stack, gatewayUrl, { ...load, requests: idle, firstSubscriber: warmUp });
  await Promise.all(services.filter(({ name }) => name === 'resource-swap').map((service) => service.stop()));
  const before = await stack.storedChanges();
  const waiting = Math.max(0, options.commands - restSubscribers);
  say(`REST, with ${waiting} Kafka commands waiting`);
  await preloadSwaps(stack.client, waiting, round, restSubscribers);
  const [swap] = await stack.start(['resource-swap']);
  await untilReady((await swap?.up) ?? '');
  const [storedAt, begin] = [await stack.storedChanges(), performance.now()];
  const rest = await measureRest(stack, gatewayUrl, { ...load, requests: underLoad, firstSubscriber: warmUp + idle });
  const storedMeanwhile = (await stack.storedChanges()) - storedAt - underLoad;
  result.restUnderLoad = { ...rest, waiting, perSecond: (storedMeanwhile * 1000) / (performance.now() - begin) };
  await untilStored(stack, before + waiting + underLoad);
  await stack.stopServices();
}

/** A service that is up has yet to join its consumer group. */
async function untilReady(url: string): Promise<void> {
  const timeoutMs = 30_000;
  await poll(`${url} is not ready`, () => isReady(url), { signal: AbortSignal.timeout(timeoutMs), timeoutMs });
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('must be a whole number above 0');
  return value;
}

function partList(text: string): string[] {
  const wanted = text.split(',');
  const unknown = wanted.find((part) => !parts.includes(part));
  if (unknown !== undefined) throw new InvalidArgumentError(`${unknown} is none of ${parts.join(', ')}`);
  return wanted;
}
