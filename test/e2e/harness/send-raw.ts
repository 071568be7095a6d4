import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { RecordHeaders } from '#libs/kafka';
import { projectDir } from '#tools/infra/index';

/** A record byte for byte. */
export interface RawRecord {
  key: string;
  value: Buffer | string | null;
  headers: RecordHeaders;
}

/**
 * Sends records one by one to a partition of a topic (its full name) and returns their offsets. In a process of its own,
 * since kafkajs alone cannot send a header without a value, and our codec is not in its place under Jest.
 */
export async function sendRaw(
  brokers: string[],
  target: { topic: string; partition: number },
  records: RawRecord[],
): Promise<bigint[]> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: projectDir,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify({ brokers, ...target, records: records.map(toJson) }));
  const offsets = JSON.parse(await text(child.stdout)) as string[];
  return offsets.map(BigInt);
}

const script = `
import { text } from 'node:stream/consumers';
import { createKafka } from './dist/libs/kafka/index.js';
const { brokers, topic, partition, records } = JSON.parse(await text(process.stdin));
const log = { warn() {}, debug() {}, trace() {} };
const producer = createKafka({ kafkaBrokers: brokers, topicPrefix: '' }, 'raw', log).kafka.producer();
const bytes = (value) => (value === null ? null : Buffer.from(value, 'base64'));
const header = ([name, value]) => [name, Array.isArray(value) ? value.map(bytes) : bytes(value)];
await producer.connect();
const offsets = [];
for (const { key, value, headers } of records) {
  const message = { key, partition, value: bytes(value), headers: Object.fromEntries(headers.map(header)) };
  const [{ baseOffset }] = await producer.send({ topic, acks: -1, messages: [message] });
  offsets.push(baseOffset);
}
await producer.disconnect();
console.log(JSON.stringify(offsets));
`;

const toJson = ({ key, value, headers }: RawRecord) => ({
  key,
  value: toBase64(value),
  headers: Object.entries(headers).map(([name, its]) => [name, Array.isArray(its) ? its.map(toBase64) : toBase64(its)]),
});

export const toBase64 = (value: Buffer | string | null | undefined): string | null =>
  value === null || value === undefined ? null : Buffer.from(value).toString('base64');
