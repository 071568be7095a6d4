import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deadLetterTopic, commandTopic, commandOutcomesTopic } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { swap, type TestCommand } from './harness/commands.js';
import { seededRandom } from './harness/random.js';
import { textHeader } from './harness/reader.js';
import { openScene, type Scene } from './harness/scene.js';

const heldPartition = 5;
const flowingPartition = 6;
const topic = commandTopic('resource-swap');
let scene: Scene;

beforeAll(async () => {
  scene = await openScene({
    name: 'held',
    instances: { subscriber: 1, 'resource-swap': 1, 'dwh-sink': 1 },
    environment: { SIMYARD_RETRY_ATTEMPTS: '7' },
    subscribers: 300,
    random: seededRandom('held'),
  });
  await scene.stack.database.execute(`
    create function refuse_number() returns trigger language plpgsql as $$
    begin
      if exists (select from refused where value = new.value) then raise 'refused for the test'; end if;
      return new;
    end $$`);
  await scene.stack.database.execute('create table refused (value text primary key)');
  await scene.stack.database.execute(
    'create trigger refuse before insert on inventory.resource for each row execute function refuse_number()',
  );
}, 300_000);

afterAll(() => scene.stop());

describe('a partition in trouble', () => {
  it('is held until its command can be handled, while another one flows', async () => {
    const { script, producer, stack } = scene;
    const [culprit, ...others] = script.externalIds;
    const stuck = script.swapOf(culprit!);
    await stack.database.execute('insert into refused values ($1)', [stuck.data['resource']]);
    const behind = others.slice(0, 20).map((externalId) => script.swapOf(externalId));
    await producer.send([stuck, ...behind], { partition: heldPartition });
    const flowing = others.slice(20, 120).map((externalId) => script.swapOf(externalId));
    await producer.send(flowing, { partition: flowingPartition });
    await untilEnded(flowing);
    expect(hasEnded(stuck)).toBe(false);
    await stack.database.execute('delete from refused');
    const { problems } = await scene.verdict();
    expect(problems).toEqual([]);
    expect(isDeadLettered(stuck)).toBe(false);
  });

  it('lets the others go on while a row of its is locked for long', async () => {
    const { script, producer, stack } = scene;
    const [locked, ...others] = script.externalIds;
    const stuck = script.swapOf(locked!);
    const before = others.slice(0, 20).map((externalId) => script.swapOf(externalId));
    const flowing = others.slice(20, 120).map((externalId) => script.swapOf(externalId));
    await stack.database.transaction(async (tx) => {
      await tx.query('set local idle_in_transaction_session_timeout = 0');
      await tx.query('select from inventory.subscriber where external_id = $1 for update', [locked]);
      await producer.send([...before, stuck], { partition: heldPartition });
      await producer.send(flowing, { partition: flowingPartition });
      const startedAt = performance.now();
      await untilEnded(flowing);
      // One wait for the lock at most, not one after the other. (Three of each half took 45 s.)
      expect(performance.now() - startedAt).toBeLessThan(20_000);
      await untilEnded(before);
      expect(hasEnded(stuck)).toBe(false);
    });
    const { problems } = await scene.verdict();
    expect(problems).toEqual([]);
    expect(isDeadLettered(stuck)).toBe(false);
  });

  it('gives up a command that fails alone after its attempts, and goes on behind it', async () => {
    const { script, producer, stack } = scene;
    const [culprit, ...others] = script.externalIds;
    const refused = script.freshNumber();
    await stack.database.execute('insert into refused values ($1)', [refused]);
    const good = others.slice(0, 50).map((externalId) => script.swapOf(externalId));
    const held = script.world.numbers.get(culprit!)!;
    const hopeless = swap(culprit!, held, refused);
    script.expected.set(hopeless.id, 'FAILED INTERNAL_ERROR');
    await producer.send([...good.slice(0, 25), hopeless, ...good.slice(25)], { partition: heldPartition });
    const { problems } = await scene.verdict();
    expect(problems).toEqual([]);
    const letters = lettersOf(hopeless);
    expect(letters.map((letter) => textHeader(letter, 'dlt_attempts'))).toEqual(['7']);
  });
});

const lettersOf = ({ id }: TestCommand) =>
  scene.reader.of(deadLetterTopic(topic)).filter((letter) => textHeader(letter, 'ce_id') === id);

const isDeadLettered = (command: TestCommand): boolean => lettersOf(command).length > 0;

const endedIds = (): Set<string> =>
  new Set(scene.reader.of(commandOutcomesTopic).map(({ key }) => key?.toString() ?? ''));

const hasEnded = (command: TestCommand): boolean => endedIds().has(command.id);

const untilEnded = (commands: TestCommand[]): Promise<void> =>
  eventually(
    () => {
      const ended = endedIds();
      expect(commands.filter(({ id }) => !ended.has(id))).toHaveLength(0);
    },
    { timeoutMs: 60_000 },
  );
