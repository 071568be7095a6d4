import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '#libs/testing';
import { bulkClient, type BulkClient } from './harness/bulk.js';
import { createWithSim } from './harness/commands.js';
import { judgeJob, wasSent, type StatusItem } from './harness/judge-job.js';
import { untilSettled } from './harness/judge.js';
import { startKiller, type Kill, type KillerOptions } from './harness/killer.js';
import { watchCounter } from './harness/metrics.js';
import { seededRandom } from './harness/random.js';
import { openScene, type Scene } from './harness/scene.js';
import { countRows } from './harness/state.js';

/**
 * An item of the first half of the job suspends a subscriber's SIM, one of the second makes it active again: one that took
 * effect twice, or late, would show in status and version. 100,000 items are the full run, which takes some minutes; unless
 * told there are as many as a pipeline has time for.
 */
const size = Number(process.env['SIMYARD_TEST_BULK_ITEMS'] ?? 20_000);
const perHalf = Math.ceil(size / 2);
/** The last ones of each half name nobody. */
const known = perHalf - 50;

/** Most hits before the kill: a batch takes a part of a second, the relay and the dispatcher pass ten times in one. */
const [someBatches, somePasses] = [12, 60];
const failpoints: KillerOptions['failpoints'] = {
  subscriber: {
    // first the one that brings redelivery
    'after-commit': someBatches,
    'after-claim': someBatches,
    'before-commit': someBatches,
    'relay-after-send': somePasses,
  },
  'bulk-jobs': {
    'bulk-after-settle': somePasses,
    'bulk-before-commit': somePasses,
    'bulk-after-commit': somePasses,
    'relay-after-send': somePasses,
  },
};

const random = seededRandom('bulk-kills');
const inboxRepeats = watchCounter('simyard_inbox_repeats_total');
let scene: Scene;
let bulk: BulkClient;

const externalIdOf = (index: number): string => `SUB-${index}`;
const externalIds = Array.from({ length: known }, (_, index) => externalIdOf(index));

const half = (status: StatusItem['data']['status']): StatusItem[] =>
  Array.from({ length: perHalf }, (_, index) => ({
    key: `${status} ${externalIdOf(index)}`,
    data: { subscriber: { externalId: externalIdOf(index) }, status },
  }));

beforeAll(async () => {
  scene = await openScene({
    name: 'bulk-kills',
    instances: { gateway: 1, monitor: 1, subscriber: 2, 'bulk-jobs': 2, 'dwh-sink': 1 },
    environment: { SIMYARD_SESSION_TIMEOUT_MS: '6000' },
    subscribers: 0,
    random,
  });
  const perSend = 2000;
  for (let from = 0; from < known; from += perSend) {
    const some = externalIds.slice(from, from + perSend);
    await scene.producer.send(some.map((id, n) => createWithSim(id, `8901${String(from + n).padStart(15, '0')}`)));
  }
  await settled();
  bulk = bulkClient(scene.services.find(({ name }) => name === 'gateway')!.url, scene.stack.acme);
}, 900_000);

afterAll(async () => {
  inboxRepeats.stop();
  await scene.stop();
});

const settled = (): Promise<void> =>
  untilSettled(
    {
      ledger: scene.producer.ledger,
      reader: scene.reader,
      database: scene.stack.database,
      expected: new Map(),
      answered: new Set(),
    },
    600_000,
  );

describe(`a job of ${2 * perHalf} items, while bulk-jobs and subscriber are killed again and again`, () => {
  it('brings each item to one end, the state to the sum of the items, and the warehouse to the state', async () => {
    const items = [...half('SUSPENDED'), ...half('ACTIVE')];
    const { jobId, kills, seconds } = await runUnderFire(items);
    const reported = await bulk.items(jobId);
    for (const item of reported) if (wasSent(item)) scene.producer.ledger.ids.add(item.operationId);
    await settled();

    const { database } = scene.stack;
    const subscribers = new Set(externalIds);
    const { ledger } = scene.producer;
    const judged = { jobId, items, reported, subscribers, ledger, reader: scene.reader, database };
    const { published, problems } = await judgeJob(judged);
    expect(problems).toEqual([]);
    expect(scene.reader.deadLetters()).toEqual([]);
    expect([await countRows(database, 'operations.lock'), await countRows(database, 'bulk.in_flight')]).toEqual([0, 0]);

    const midFlight = (name: string): number =>
      kills.filter(({ service, midFlight }) => service === name && midFlight).length;
    const seen = {
      bulkJobsKilledMidFlight: midFlight('bulk-jobs'),
      subscriberKilledMidFlight: midFlight('subscriber'),
      moments: new Set(kills.map(({ moment }) => moment)).size,
      redelivered: inboxRepeats.total(),
      publishedAgain: published.repeats,
    };
    const refused = reported.length - reported.filter(wasSent).length;
    process.stderr.write(`bulk-kills: ${JSON.stringify({ ...seen, kills: kills.length, refused, seconds })}\n`);
    // Otherwise it was no test.
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
  }, 1_800_000);
});

/** Runs the job to its end, with bulk-jobs and subscriber killed meanwhile; they run when it returns. */
async function runUnderFire(items: StatusItem[]): Promise<{ jobId: string; kills: Kill[]; seconds: number }> {
  const startedAt = performance.now();
  const jobId = await bulk.start('ChangeSimStatus', items);
  await untilGoneOn();
  const victims = scene.services.filter(({ name }) => name in failpoints);
  for (const { url } of victims) inboxRepeats.add(url);
  const killer = startKiller({
    ...{ stack: scene.stack, random, victims, failpoints, untilGoneOn },
    isMidFlight: async () => (await countRows(scene.stack.database, 'bulk.in_flight')) > 0,
    onStart: (process) =>
      void process.up.then(
        (url) => inboxRepeats.add(url),
        // killed before it was up
        () => undefined,
      ),
  });
  const job = await bulk.untilEnded(jobId, 1_500_000).finally(() => killer.stop());
  expect(job).toMatchObject({ status: 'COMPLETED_WITH_ERRORS', total: items.length, cancelled: 0, inFlight: 0 });
  expect(job.completed + job.failed).toBe(items.length);
  return { jobId, kills: await killer.stop(), seconds: Math.round((performance.now() - startedAt) / 1000) };
}

const someItems = 500;

/** Resolves when some more items have ended. */
async function untilGoneOn(over?: AbortSignal): Promise<void> {
  const before = await endedItems();
  await eventually(
    async () => {
      if (over?.aborted) return;
      expect(await endedItems()).toBeGreaterThan(before + someItems);
    },
    { timeoutMs: 300_000, intervalMs: 100 },
  );
}

async function endedItems(): Promise<number> {
  const [row] = await scene.stack.database.query<{ items: number }>(
    'select coalesce(sum(completed + failed), 0)::int as items from bulk.job',
  );
  return row?.items ?? 0;
}
