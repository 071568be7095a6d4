import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { commandTopic } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { partitionsByMember } from './harness/assignments.js';
import { watchLeases } from './harness/leases.js';
import { startLoad } from './harness/load.js';
import { seededRandom } from './harness/random.js';
import { openScene, type Scene } from './harness/scene.js';

const sessionTimeoutMs = 6000;
const random = seededRandom('freeze');
let scene: Scene;

beforeAll(async () => {
  scene = await openScene({
    name: 'freeze',
    instances: { subscriber: 1, 'resource-swap': 2, 'dwh-sink': 1 },
    environment: { SIMYARD_SESSION_TIMEOUT_MS: String(sessionTimeoutMs) },
    subscribers: 300,
    random,
  });
}, 300_000);

afterAll(() => scene.stop());

describe('an instance that freezes under load for twice its session', () => {
  it('is taken over, and changes nothing when it goes on', async () => {
    const { producer, script, stack } = scene;
    const leases = watchLeases(stack.database);
    const load = startLoad(producer, script, { perSend: 10, everyMs: 50 });
    const victim = scene.services.find(({ name }) => name === 'resource-swap')!;
    for (let freeze = 0; freeze < 2; freeze += 1) {
      await untilMembers(2);
      // All three relays share the shards again: one that holds none has nothing to be taken over.
      await eventually(() => expect(leases.holders()).toBe(3), { timeoutMs: 60_000 });
      await delay(random.int(1000));
      const takenOver = leases.takeovers();
      victim.kill('SIGSTOP');
      await Promise.all([delay(2 * sessionTimeoutMs), untilMembers(1)]);
      // Otherwise it was no test.
      await eventually(() => expect(leases.takeovers()).toBeGreaterThan(takenOver), { timeoutMs: 30_000 });
      victim.kill('SIGCONT');
    }
    await untilMembers(2);
    await load.stop();
    await leases.stop();
    const { problems } = await scene.verdict();
    expect(problems).toEqual([]);
    expect(scene.reader.deadLetters()).toEqual([]);
  }, 240_000);
});

const untilMembers = (count: number): Promise<void> =>
  eventually(
    async () => {
      const members = await partitionsByMember(
        scene.stack.kafka,
        'simyard.resource-swap',
        commandTopic('resource-swap'),
      );
      expect(members.filter((partitions) => partitions.length > 0)).toHaveLength(count);
    },
    { timeoutMs: 60_000, intervalMs: 100 },
  );
