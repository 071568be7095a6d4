import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { endOperations } from '#libs/operations';
import { eventually } from '#libs/testing';
import { startSimulator, type SimulatorUnderTest } from '../../apps/platform-simulator/testing/simulator-under-test.js';
import { patience, startConnectorWorld, type Asked, type ConnectorUnderTest } from './testing/connector-under-test.js';

const responded = 'simyard.RecordPlatformResponse.v1';
const observed = 'simyard.RecordSimState.v1';
const settings = { requestTimeoutMs: 1000, pollMs: 100, callbackGraceMs: 300, attempts: 3 };
const iccidOf = (n: number): string => String(89_000_000_000_000_000_000n + BigInt(n));

/** The service as it runs in production, with a real broker and a real database, and the platforms simulated. */
describe('platform-connector', () => {
  let simulator: SimulatorUnderTest;
  let world: ConnectorUnderTest;

  beforeAll(async () => {
    simulator = await startSimulator();
  });
  beforeEach(async () => {
    await simulator.reset();
    world = await startConnectorWorld(simulator.url, settings);
  });
  afterEach(() => world.stop());
  afterAll(() => simulator.stop());

  it('carries out changes of platforms that answer at once, are polled, or never call back', async () => {
    await (
      await world.start()
    ).up;
    const asked = await askAll(['JASPER', 'IOTA', 'INTELSAT', 'TMSP', 'STC']);
    await expectAllDone(asked);
    const sim = await simulator.get('TMSP', `/sims/${iccidOf(3)}`);
    expect(sim.body).toMatchObject({ status: 'ACTIVE', version: 1 });
  }, 90_000);

  it('dead-letters what cannot be read, and goes on with the rest', async () => {
    await (
      await world.start()
    ).up;
    const { operationId, message } = await world.request('JASPER', iccidOf(1));
    const poison = [
      { ...message, value: '{"broken' },
      { ...message, value: '{}' },
      { ...message, headers: {} },
    ];
    await world.send([...poison, message]);
    await expectAllDone([{ operationId, message }]);
    await eventually(async () => {
      const causes = await world.deadLetters();
      expect(causes.toSorted()).toEqual(['MESSAGE_DATA_INVALID', 'MESSAGE_ENVELOPE_INVALID', 'MESSAGE_NOT_JSON']);
    }, patience);
  }, 90_000);

  it.each(['after-store:2', 'after-record:3'])(
    'loses nothing, and has nothing done twice, when it is killed at %s',
    async (failpoint) => {
      const latency = { answerMs: { min: 50, max: 300 }, completionMs: { min: 50, max: 500 } };
      await Promise.all(
        ['JASPER', 'IOTA', 'STC'].map((name) => simulator.admin('PATCH', `/platforms/${name}`, latency)),
      );
      const killed = await world.start({ SIMYARD_FAILPOINTS: failpoint, SIMYARD_BATCH_SIZE: '20' });
      await killed.up;
      const asked = await askAll(Array.from({ length: 90 }, (_, n) => ['JASPER', 'IOTA', 'STC'][n % 3]!));
      expect((await killed.ended).signal).toBe('SIGKILL');
      await (
        await world.start()
      ).up;
      await expectAllDone(asked);
      const twice = await simulator.admin('GET', '/requests?repeated=true');
      expect(twice.body).toMatchObject({ requests: [] });
    },
    150_000,
  );

  it('has nothing done twice by a process that was frozen while another took over', async () => {
    await simulator.admin('PATCH', '/platforms/IOTA', { answerMs: { min: 100, max: 600 } });
    const frozen = await world.start();
    await frozen.up;
    const asked = await askAll(Array.from({ length: 100 }, () => 'IOTA'));
    await eventually(async () => {
      const { body } = await simulator.admin('GET', '/requests');
      expect(body.requests.length).toBeGreaterThan(20);
    }, patience);
    frozen.kill('SIGSTOP');
    await (
      await world.start()
    ).up;
    await eventually(async () => expect(await open()).toBe(0), patience);
    frozen.kill('SIGCONT');
    await expectAllDone(asked);
    expect(await frozen.stop()).toEqual({ code: 0, signal: null });
    const twice = await simulator.admin('GET', '/requests?repeated=true');
    expect(twice.body).toMatchObject({ requests: [] });
    expect((await world.told()).filter(({ type }) => type === responded)).toHaveLength(100);
  }, 150_000);

  it('goes on with other platforms while one does not answer, and asks it later what holds', async () => {
    await simulator.fault('TIME_OUT', 'TMUS', { afterEffect: true });
    const url = await (await world.start()).up;
    const silent = await askAll(Array.from({ length: 40 }, () => 'TMUS'));
    const others = await askAll(Array.from({ length: 40 }, (_, n) => ['JASPER', 'GALAXY1'][n % 2]!));
    await expectAllDone(others);
    await eventually(async () => {
      const ends = (await world.told()).filter(({ operationId }) =>
        silent.some((one) => one.operationId === operationId),
      );
      expect(ends).toHaveLength(silent.length);
      expect(new Set(ends.map(({ data }) => data['state']))).toEqual(new Set(['FAILED']));
      for (const { data } of ends) expect([503, 504]).toContain(data['statusCode']);
    }, patience);
    await simulator.admin('DELETE', '/faults');
    const endedAt = new Date();
    const end = { status: 'FAILED', businessTransactionId: null, response: null, error: null, endedAt } as const;
    await endOperations(
      world.database,
      silent.map(({ operationId }) => ({ operationId, ...end })),
    );
    await eventually(async () => {
      const settled = (await world.told())
        .filter(({ type }) => type === observed)
        .map(({ data }) => data['operationId']);
      const uncertain = await world.database.query<{ id: string }>(
        `select operation_id as id from platforms.request where platform = 'TMUS' and not settled`,
      );
      expect(uncertain.length).toBeGreaterThan(0);
      expect(settled).toEqual(expect.arrayContaining(uncertain.map(({ id }) => id)));
    }, patience);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/simyard_platform_requests_unsettled\{platform="TMUS"\} [1-9]/);
    expect(metrics).toMatch(
      /simyard_platform_call_seconds_count\{platform="TMUS",call="change",outcome="unknown"\} [1-9]/,
    );
  }, 180_000);

  it('lets calls end when it is stopped, and records what they said', async () => {
    await simulator.admin('PATCH', '/platforms/JASPER', { answerMs: { min: 700, max: 700 } });
    const service = await world.start();
    await service.up;
    const asked = await askAll(Array.from({ length: 10 }, () => 'JASPER'));
    await eventually(async () => {
      const { body } = await simulator.admin('GET', '/requests');
      expect(body.requests).toHaveLength(10);
    }, patience);
    expect(await service.stop()).toEqual({ code: 0, signal: null });
    const rows = await world.database.query<{ state: string }>('select state from platforms.request');
    expect(rows.map(({ state }) => state)).toEqual(asked.map(() => 'DONE'));
  }, 90_000);

  /** Requests that have not ended. */
  async function open(): Promise<number> {
    const [row] = await world.database.query<{ open: number }>(
      `select count(*)::int as open from platforms.request where ended_at is null`,
    );
    return row?.open ?? 0;
  }

  async function askAll(platforms: string[]): Promise<Asked[]> {
    const asked = await Promise.all(platforms.map((platform, n) => world.request(platform, iccidOf(n))));
    await world.send(asked.map(({ message }) => message));
    return asked;
  }

  /** Each has its end, and one only. */
  async function expectAllDone(asked: Asked[]): Promise<void> {
    const ids = asked.map(({ operationId }) => operationId).toSorted();
    await eventually(async () => {
      const ends = (await world.told()).filter(
        ({ type, operationId }) => type === responded && ids.includes(operationId),
      );
      expect(new Set(ends.map(({ data }) => data['state']))).toEqual(new Set(['DONE']));
      expect([...new Set(ends.map(({ operationId }) => operationId))].toSorted()).toEqual(ids);
    }, patience);
  }
});
