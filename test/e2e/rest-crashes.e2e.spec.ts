import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '#libs/testing';
import type { ServiceName } from '#tools/stack/index';
import type { TestCommand } from './harness/commands.js';
import { seededRandom } from './harness/random.js';
import { credentials, request } from './harness/rest.js';
import { openScene, type Scene } from './harness/scene.js';

const random = seededRandom('rest-crashes');
const callers = 20;
let scene: Scene;
let url: string;
let answered = 0;

beforeAll(async () => {
  scene = await openScene({
    name: 'rest-crashes',
    instances: { gateway: 1, subscriber: 1, 'dwh-sink': 1 },
    environment: { SIMYARD_SESSION_TIMEOUT_MS: '6000', SIMYARD_RESPONSE_TIMEOUT_MS: '3000' },
    subscribers: callers,
    random,
  });
  url = scene.services.find(({ name }) => name === 'gateway')!.url;
}, 300_000);

afterAll(() => scene.stop());

describe('callers that repeat a request until it is answered', () => {
  it('get one effect for each, while the gateway and resource-swap are killed', async () => {
    const killing = Promise.all([
      killAgainAndAgain('gateway', ['relay-after-send:3', 'any', 'relay-after-send:9', 'any']),
      killAgainAndAgain('resource-swap', ['after-commit:5', 'before-commit:5']),
    ]);
    const over = new AbortController();
    const calling = Promise.all(scene.script.externalIds.map((externalId) => swapUntil(over.signal, externalId)));
    expect(await killing.finally(() => over.abort())).toEqual([4, 2]);
    const calls = (await calling).flat();

    const operations = await restOperations();
    const repeated = calls.filter(({ attempts }) => attempts > 1).length;
    process.stderr.write(`rest-crashes: ${calls.length} requests, ${repeated} of them repeated\n`);
    expect(operations.map(({ requestId }) => requestId).sort()).toEqual(calls.map(({ requestId }) => requestId).sort());
    for (const { id } of operations) scene.producer.ledger.ids.add(id);
    const { verdict, problems } = await scene.verdict();
    expect(problems).toEqual([]);
    // Each answer names the transaction that was published for its request.
    const published = new Map(
      verdict.changes.map(({ value }) => [value.businessTransaction.requestId, value.businessTransaction.id]),
    );
    for (const { requestId, transactionId } of calls) expect(published.get(requestId)).toBe(transactionId);
    // Otherwise it was no test.
    expect(repeated).toBeGreaterThan(0);
  }, 300_000);
});

interface Call {
  requestId: string;
  /** of the business transaction in the answer */
  transactionId: string;
  attempts: number;
}

/** A caller with one subscriber, who goes on only when a swap has been answered. */
async function swapUntil(over: AbortSignal, externalId: string): Promise<Call[]> {
  const calls: Call[] = [];
  while (!over.aborted) {
    calls.push(await untilAnswered(scene.script.swapOf(externalId)));
    await delay(random.int(300));
  }
  return calls;
}

async function untilAnswered({ id, data }: TestCommand): Promise<Call> {
  // The operation has an id of the gateway's own.
  scene.script.expected.delete(id);
  const target = `${url}/v1/casm/subscribers/resources/swap`;
  for (let attempts = 1; attempts < 200; attempts += 1) {
    const reply = await request('POST', target, credentials(scene.stack.acme), data).catch(() => undefined);
    if (reply?.status === 200) {
      answered += 1;
      const transactionId = String(reply.body.businessTransaction.id);
      return { requestId: String(data['requestId']), transactionId, attempts };
    }
    // Not ended yet, or the gateway is away; any other answer would be final.
    if (reply !== undefined && reply.status !== 202 && reply.status !== 503) {
      throw new Error(`${reply.status} ${JSON.stringify(reply.body)}`);
    }
    await delay(200);
  }
  throw new Error(`${String(data['requestId'])} was never answered`);
}

/** Kills the service at each of the moments, and leaves it running in the end; returns how often it was killed. */
async function killAgainAndAgain(service: ServiceName, moments: string[]): Promise<number> {
  let kills = 0;
  const port = service === 'gateway' ? { SIMYARD_HTTP_PORT: new URL(url).port } : {};
  for (const running of scene.stack.running()) if (running.name === service) await running.stop();
  for (const moment of moments) {
    const failpoints = moment === 'any' ? '' : moment;
    const victim = await scene.stack.launch(service, { ...port, SIMYARD_FAILPOINTS: failpoints });
    if (moment === 'any') {
      // While it works: its predecessor's leases have to expire first.
      const enough = answered + 100;
      await eventually(() => expect(answered).toBeGreaterThan(enough), { timeoutMs: 180_000 });
      await delay(random.int(500));
      victim.kill('SIGKILL');
    }
    const exit = await Promise.race([victim.ended, delay(180_000, undefined, { ref: false })]);
    if (exit?.signal !== 'SIGKILL') throw new Error(`${service} never came to ${moment}`);
    kills += 1;
  }
  await scene.stack.start(service, port);
  return kills;
}

const restOperations = (): Promise<{ id: string; requestId: string }[]> =>
  scene.stack.database.query(
    `select operation_id as id, request_id as "requestId" from operations.operation where facade = 'ocs'`,
  );
