import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { listItems, readJob, type Job } from '#libs/bulk';
import { commandOutcomesTopic, commandTopic, type CommandOutcome } from '#libs/contracts';
import { createProducer } from '#libs/kafka';
import { commandRecord, eventually, saveInventory, simRow, subscriberRow } from '#libs/testing';
import type { Exit, ServiceName } from '#tools/stack/index';
import { seededRandom } from './harness/random.js';
import { startReader, type Reader } from './harness/reader.js';
import { createStack, untilReady, type Stack } from './harness/stack.js';

const [good, unknown] = [4000, 500];

/** A failpoint of the service, or any moment. */
const kills: { service: ServiceName; moments: string[] }[] = [
  {
    service: 'bulk-jobs',
    moments: ['bulk-after-settle', 'any', 'bulk-before-commit', 'relay-after-send', 'bulk-after-commit', 'any'],
  },
  { service: 'subscriber', moments: ['after-commit', 'before-commit', 'relay-after-send', 'after-claim'] },
];

const random = seededRandom('bulk crashes');
let stack: Stack;
let reader: Reader;

beforeAll(async () => {
  // A small window, so that the job lasts as long as the kills.
  const environment = { SIMYARD_SESSION_TIMEOUT_MS: '6000', SIMYARD_BULK_WINDOW: '200' };
  stack = await createStack({ name: 'bulk-crashes', environment });
  const subscribers = Array.from({ length: good }, (_, n) => subscriberRow(`S-${n}`));
  await saveInventory(stack.database, {
    subscribers,
    sims: subscribers.map((subscriber, n) => simRow(subscriber, `8901${String(n).padStart(15, '0')}`)),
  });
  await stack.database.execute('update inventory.sim set first_activated_at = now()');
  reader = await startReader(stack.kafka);
}, 300_000);

afterAll(async () => {
  await reader.stop();
  await stack.stop();
});

it('a job survives the death of whoever works at it, and each item is done once', async () => {
  const commandId = await sendJob();
  const ends = await Promise.all(kills.map(({ service, moments }) => killAgainAndAgain(service, moments)));
  expect(ends.flat()).toEqual(Array<Exit>(10).fill({ code: null, signal: 'SIGKILL' }));
  const job = await eventually(endedJob, { timeoutMs: 240_000, intervalMs: 500 });
  expect(job).toMatchObject({
    status: 'COMPLETED_WITH_ERRORS',
    completed: good,
    failed: unknown,
    cancelled: 0,
    inFlight: 0,
  });

  // Each item has its one result, and the state is the sum of the items.
  const items = await stack.database.query<{ status: string; code: string | null; items: number }>(
    `select status, error::json ->> 'code' as code, count(*)::int as items from bulk.item_result group by 1, 2 order by 1`,
  );
  expect(items).toEqual([
    { status: 'COMPLETED', code: null, items: good },
    { status: 'FAILED', code: 'SUBSCRIBER_NOT_FOUND', items: unknown },
  ]);
  const sims = await stack.database.query(
    'select version, first_activated_at as at, count(*)::int as sims from inventory.sim group by 1, 2',
  );
  expect(sims).toEqual([{ version: 2, at: null, sims: good }]);
  expect(await stack.database.query('select from bulk.in_flight union all select from operations.lock')).toEqual([]);
  await judgeOutcomes(commandId, job);
}, 600_000);

async function sendJob(): Promise<string> {
  const id = randomUUID();
  const items = Array.from({ length: good + unknown }, (_, n) => ({ data: { subscriber: { externalId: `S-${n}` } } }));
  const data = { action: 'ResetActivationTime', items };
  const record = commandRecord('SubmitBulkJob', data, { envelope: { id }, topic: commandTopic('bulk-jobs') });
  const producer = createProducer(stack.kafka);
  await producer.send([{ ...record, key: 'job' }]);
  await producer.close();
  return id;
}

async function endedJob(): Promise<Job> {
  const [row] = await stack.database.query<{ id: string }>('select job_id as id from bulk.job');
  const job = row && (await readJob(stack.database, 'ACME', row.id));
  if (job?.state !== 'ENDED') throw new Error(`The job has not ended: ${JSON.stringify(job)}`);
  return job;
}

/** The job and each of its items have told their end, some of them more than once by the same event. */
async function judgeOutcomes(commandId: string, { jobId }: Job): Promise<void> {
  const told = new Map<string, Set<string>>();
  await eventually(
    async () => {
      await reader.catchUp();
      for (const { value } of reader.of(commandOutcomesTopic)) {
        const outcome = JSON.parse(String(value)) as CommandOutcome;
        const statuses = told.get(outcome.commandId) ?? new Set();
        told.set(outcome.commandId, statuses.add(outcome.status));
      }
      expect(told.size).toBe(good + unknown + 1);
      expect([...(told.get(commandId) ?? [])]).toEqual(['ACCEPTED', 'FAILED']);
    },
    { timeoutMs: 60_000, intervalMs: 500 },
  );
  const [first] = await listItems(stack.database, 'ACME', jobId, { after: 0, limit: 1 });
  expect([...(told.get(first!.operationId) ?? [])]).toEqual(['COMPLETED']);
  expect(reader.deadLetters()).toEqual([]);
}

/** Kills a service at each of the moments, starting it again each time, and leaves it running in the end. */
async function killAgainAndAgain(service: ServiceName, moments: string[]): Promise<Exit[]> {
  const exits: Exit[] = [];
  for (const moment of moments) exits.push(await startAndKill(service, moment));
  const last = await stack.launch(service);
  await untilReady(await last.up);
  return exits;
}

async function startAndKill(service: ServiceName, moment: string): Promise<Exit> {
  const failpoints = moment === 'any' ? {} : { SIMYARD_FAILPOINTS: `${moment}:${1 + random.int(3)}` };
  const victim = await stack.launch(service, failpoints);
  if (moment !== 'any') return victim.ended;
  await victim.up;
  await delay(random.int(1500));
  victim.kill('SIGKILL');
  return victim.ended;
}
