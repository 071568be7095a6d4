import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commandTopic, deadLetterTopic } from '#libs/contracts';
import type { RecordHeaders } from '#libs/kafka';
import { eventually } from '#libs/testing';
import { recordOf } from './harness/commands.js';
import { oddHeaders, poisons, type Poison } from './harness/poison.js';
import { seededRandom } from './harness/random.js';
import { textHeader, type ReadRecord } from './harness/reader.js';
import { sendRaw, toBase64, type RawRecord } from './harness/send-raw.js';
import { openScene, type Scene } from './harness/scene.js';

const topic = commandTopic('resource-swap');
const partition = 3;
let scene: Scene;

beforeAll(async () => {
  scene = await openScene({
    name: 'poison',
    instances: { subscriber: 1, 'resource-swap': 1, 'dwh-sink': 1 },
    environment: { SIMYARD_RETRY_ATTEMPTS: '3' },
    subscribers: 100,
    random: seededRandom('poison'),
  });
}, 300_000);

afterAll(() => scene.stop());

describe('a poison message', () => {
  const kinds = poisons();
  it(`of any of ${kinds.length} kinds goes to the dead-letter topic as it came, between good ones that flow on`, async () => {
    expect(kinds.length).toBeGreaterThanOrEqual(30);
    const offsets = await sendBetweenGoodOnes(kinds);
    const { problems } = await scene.verdict();
    expect(problems).toEqual([]);
    const letters = Map.groupBy(lettersOf(scene), (letter) => textHeader(letter, 'dlt_offset'));
    const found = kinds.map((poison, index) => describeLetter(poison, letters.get(String(offsets[index]))));
    expect(found).toEqual(kinds.map(asItMustBe));
  });

  it('is not a good one with odd headers', async () => {
    const [, externalId = ''] = scene.script.externalIds;
    const good = scene.script.swapOf(externalId);
    const record = recordOf(good);
    await send([{ ...record, headers: { ...record.headers, ...oddHeaders } }]);
    scene.producer.ledger.ids.add(good.id);
    expect((await scene.verdict()).problems).toEqual([]);
  });

  it('that uses an id again for another body changes nothing, and the first one stands', async () => {
    const [externalId = ''] = scene.script.externalIds;
    const good = scene.script.swapOf(externalId);
    const other = { ...good, data: { ...good.data, resource: scene.script.freshNumber() } };
    await scene.producer.send([good]);
    const before = lettersOf(scene).length;
    await send([recordOf(other)]);
    await eventually(() => expect(lettersOf(scene)).toHaveLength(before + 1), { timeoutMs: 30_000 });
    expect(textHeader(lettersOf(scene).at(-1)!, 'dlt_cause')).toBe('COMMAND_ID_REUSED');
    expect((await scene.verdict()).problems).toEqual([]);
  });
});

const lettersOf = ({ reader }: Scene): ReadRecord[] => reader.of(deadLetterTopic(topic));

/** A good swap before each poison and one after all, in one partition; returns the offsets of the poisons. */
async function sendBetweenGoodOnes(kinds: Poison[]): Promise<bigint[]> {
  const { script, producer } = scene;
  const good = script.externalIds.slice(0, kinds.length + 1).map((externalId) => script.swapOf(externalId));
  const records = good.flatMap((command, index) => {
    const poison = kinds[index];
    return [recordOf(command), ...(poison ? [{ ...poison, key: 'SUB-0' }] : [])];
  });
  const offsets = await send(records);
  for (const { id } of good) producer.ledger.ids.add(id);
  for (const { id, cause } of kinds) {
    if (id === undefined) continue;
    producer.ledger.ids.add(id);
    script.expected.set(id, `FAILED ${cause}`);
  }
  return offsets.filter((_, index) => index % 2 === 1);
}

function send(records: RawRecord[]): Promise<bigint[]> {
  const { kafka, brokers } = scene.stack;
  return sendRaw(brokers, { topic: kafka.prefix + topic, partition }, records);
}

const asItMustBe = ({ kind, cause, value, headers }: Poison) => ({
  kind,
  cause,
  key: toBase64('SUB-0'),
  value: toBase64(value),
  headers: headersAsBytes(headers),
  position: `${topic} ${partition}`,
  attempts: '1',
});

function describeLetter({ kind }: Poison, [letter, ...more]: ReadRecord[] = []) {
  if (!letter || more.length > 0) return { kind, cause: `${letter ? more.length + 1 : 0} dead letters` };
  const own = Object.entries(letter.headers).filter(([name]) => !name.startsWith('dlt_'));
  return {
    kind,
    cause: textHeader(letter, 'dlt_cause'),
    key: toBase64(letter.key),
    value: toBase64(letter.value),
    headers: headersAsBytes(Object.fromEntries(own)),
    position: `${textHeader(letter, 'dlt_topic')} ${textHeader(letter, 'dlt_partition')}`,
    attempts: textHeader(letter, 'dlt_attempts'),
  };
}

const headersAsBytes = (headers: RecordHeaders): [string, (string | null)[]][] =>
  Object.entries(headers)
    .map(([name, value]): [string, (string | null)[]] => [name, [value].flat().map(toBase64)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
