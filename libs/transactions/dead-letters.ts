import { isUtf8 } from 'node:buffer';
import { deadLetterTopic } from '#libs/contracts';
import type { SimyardError } from '#libs/errors';
import { deadLetterMessage, type HeaderValue, type KafkaRecord } from '#libs/kafka';
import type { Tx } from '#libs/postgres';
import { newId } from '#libs/runtime';
import { claimInbox, compareInboxKeys } from './inbox.sql.js';
import type { Unreadable } from './decode.js';
import { appendToOutbox, type OutboxMessage } from './outbox.sql.js';

/** The record as it came, as an outbox row for its dead-letter topic. */
export function deadLetterOf(letter: { record: KafkaRecord; error: SimyardError; attempts: number }): OutboxMessage {
  const { record, error, attempts } = letter;
  const message = deadLetterMessage(record, error, attempts);
  return {
    lane: 'stream',
    id: newId(),
    aggregateType: 'DeadLetter',
    aggregateId: `${record.topic}/${record.partition}`,
    type: error.code,
    topic: deadLetterTopic(record.topic),
    key: null,
    headers: toJson(message.headers),
    payload: null,
    raw: { key: record.key, payload: record.value },
  };
}

/**
 * Dead letters of records without a usable id: claimed by their position, so that a redelivery writes no second one.
 * Returns those that are new.
 */
export async function writeDeadLetters(tx: Tx, unreadable: Unreadable[]): Promise<Unreadable[]> {
  if (unreadable.length === 0) return [];
  const rows = unreadable.map((letter) => ({ letter, row: { ...positionKey(letter.record), operationId: newId() } }));
  const claimed = await claimInbox(
    tx,
    rows.map(({ row }) => ({ ...row, fingerprint: '0'.repeat(32), deadLettered: true })).sort(compareInboxKeys),
  );
  const written = rows.filter(({ row }) => claimed.has(row.operationId)).map(({ letter }) => letter);
  await appendToOutbox(tx, written.map(deadLetterOf));
  return written;
}

function positionKey({ topic, partition, offset }: KafkaRecord): {
  tenantId: string;
  source: string;
  messageId: string;
} {
  return { tenantId: '-', source: `kafka:${topic}`, messageId: `${partition}/${offset}` };
}

function toJson(headers: KafkaRecord['headers']): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(headerJson) : headerJson(value),
    ]),
  );
}

function headerJson(value: HeaderValue | undefined): unknown {
  if (value === undefined || value === null || typeof value === 'string') return value ?? null;
  // JSON in PostgreSQL holds any UTF-8, but a header may be any bytes.
  return isUtf8(value) && !value.includes(0) ? value.toString('utf8') : { base64: value.toString('base64') };
}
