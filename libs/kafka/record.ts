import { isUtf8 } from 'node:buffer';
import type { KafkaMessage } from 'kafkajs';

/** A header may have no value at all: kafkajs's own type does not know that. */
export type HeaderValue = Buffer | string | null;
export type RecordHeaders = Record<string, HeaderValue | HeaderValue[] | undefined>;

/** A record as it came, with its position. `topic` is the contract's name, without the installation's prefix. */
export interface KafkaRecord {
  topic: string;
  partition: number;
  offset: bigint;
  key: Buffer | null;
  value: Buffer | null;
  headers: RecordHeaders;
  /** ms since 1970, as the producer or broker set it */
  timestamp: number;
}

export function toRecord(topic: string, partition: number, message: KafkaMessage): KafkaRecord {
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    key: message.key,
    value: message.value,
    headers: message.headers ?? {},
    timestamp: Number(message.timestamp),
  };
}

/** The text of a header; undefined when it is absent, without a value, given twice, or not valid UTF-8. */
export function headerText(headers: RecordHeaders, name: string): string | undefined {
  const value = headers[name];
  if (value === undefined || value === null || Array.isArray(value)) return undefined;
  if (typeof value === 'string') return value;
  return isUtf8(value) ? value.toString('utf8') : undefined;
}
