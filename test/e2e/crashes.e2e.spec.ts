import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import type { Exit, ServiceName } from '#tools/stack/index';
import { watchLeases, type LeaseWatch } from './harness/leases.js';
import { startLoad } from './harness/load.js';
import { watchCounter, type CounterWatch } from './harness/metrics.js';
import { seededRandom } from './harness/random.js';
import { openScene, type Scene } from './harness/scene.js';

/** A failpoint of the service, or any moment. */
type Moment = 'after-claim' | 'before-commit' | 'after-commit' | 'relay-after-send' | 'any';

/** One after the other per process, the processes side by side: 20 kills. The monitor is there as a relay's owner. */
const kills: { service: ServiceName; moments: Moment[] }[] = [
  { service: 'resource-swap', moments: ['after-commit', 'after-claim', 'relay-after-send', 'before-commit', 'any'] },
  { service: 'resource-swap', moments: ['before-commit', 'any', 'after-commit', 'after-claim', 'relay-after-send'] },
  { service: 'dwh-sink', moments: ['after-commit', 'before-commit', 'any', 'after-commit', 'any'] },
  { service: 'monitor', moments: ['relay-after-send', 'any', 'relay-after-send', 'any', 'relay-after-send'] },
];

const random = seededRandom('crashes');
let scene: Scene;
let leases: LeaseWatch;
let inboxRepeats: CounterWatch;
let sinkRepeats: CounterWatch;

beforeAll(async () => {
  inboxRepeats = watchCounter('simyard_inbox_repeats_total');
  sinkRepeats = watchCounter('simyard_dwh_changes_repeated_total');
  scene = await openScene({
    name: 'crashes',
    instances: { subscriber: 1, 'dwh-sink': 1 },
    environment: { SIMYARD_SESSION_TIMEOUT_MS: '6000' },
    subscribers: 400,
    random,
  });
  leases = watchLeases(scene.stack.database);
  await Promise.all(scene.services.filter(({ name }) => name === 'dwh-sink').map((service) => service.stop()));
}, 300_000);

afterAll(async () => {
  inboxRepeats.stop();
  sinkRepeats.stop();
  await leases.stop();
  await scene.stop();
});

describe('20 kills under load', () => {
  it('lose nothing, apply nothing twice, keep versions in order, and leave the warehouse equal to the state', async () => {
    const load = startLoad(scene.producer, scene.script, { perSend: 10, everyMs: 100 });
    const ends = await Promise.all(kills.map(({ service, moments }) => killAgainAndAgain(service, moments)));
    await load.stop();
    expect(ends.flat()).toEqual(Array<Exit>(20).fill({ code: null, signal: 'SIGKILL' }));

    const { verdict, problems } = await scene.verdict(240_000);
    expect(problems).toEqual([]);
    expect(scene.reader.deadLetters()).toEqual([]);

    const seen = {
      commands: verdict.commands,
      changes: verdict.changes.length,
      relayRepeats: verdict.repeats,
      inboxRepeats: inboxRepeats.total(),
      sinkRepeats: sinkRepeats.total(),
      takeovers: leases.takeovers(),
    };
    process.stderr.write(`crashes: ${JSON.stringify(seen)}\n`);
    // Otherwise it was no test.
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
  }, 600_000);
});

/** Kills a process at each of the moments, starting it again each time, and leaves it running in the end. */
async function killAgainAndAgain(service: ServiceName, moments: Moment[]): Promise<Exit[]> {
  const exits: Exit[] = [];
  for (const moment of moments) exits.push(await startAndKill(service, moment));
  await start(service, {});
  return exits;
}

async function startAndKill(service: ServiceName, moment: Moment): Promise<Exit> {
  if (moment === 'any') {
    const victim = await start(service, {});
    await victim.up;
    await delay(random.int(4000));
    victim.kill('SIGKILL');
    return victim.ended;
  }
  const hits = 1 + random.int(8);
  const victim = await start(service, { SIMYARD_FAILPOINTS: `${moment}:${hits}` });
  const given = AbortSignal.timeout(120_000);
  const tooLate = new Promise<never>((_, reject) => {
    given.onabort = () => reject(new Error(`${service} never came to ${moment}:${hits}`));
  });
  return Promise.race([victim.ended, tooLate]);
}

async function start(service: ServiceName, environment: Record<string, string>) {
  const process = await scene.stack.launch(service, environment);
  void process.up.then(
    (url) => [inboxRepeats, sinkRepeats].forEach((watch) => watch.add(url)),
    // killed before it was up
    () => undefined,
  );
  return process;
}
