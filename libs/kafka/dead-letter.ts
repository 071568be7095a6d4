import { deadLetterTopic } from '#libs/contracts';
import type { SimyardError } from '#libs/errors';
import type { OutgoingMessage } from './producer.js';
import type { KafkaRecord } from './record.js';

/** The record as it came, for its dead-letter topic, with why, after how many attempts, and where it stood. */
export function deadLetterMessage(record: KafkaRecord, error: SimyardError, attempts: number): OutgoingMessage {
  return {
    topic: deadLetterTopic(record.topic),
    key: record.key,
    value: record.value,
    headers: { ...record.headers, ...causeHeaders(record, error, attempts) },
  };
}

const longestCause = 1000;

export function causeHeaders(record: KafkaRecord, error: SimyardError, attempts: number): Record<string, string> {
  const problems = error.details === undefined ? '' : ` ${JSON.stringify(error.details)}`;
  return {
    dlt_cause: error.code,
    dlt_message: `${error.message}${problems}`.slice(0, longestCause),
    dlt_attempts: String(attempts),
    dlt_topic: record.topic,
    dlt_partition: String(record.partition),
    dlt_offset: String(record.offset),
    dlt_timestamp: String(record.timestamp),
  };
}
