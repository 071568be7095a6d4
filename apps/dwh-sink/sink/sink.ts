import { asSimyardError } from '#libs/errors';
import type { KafkaRecord } from '#libs/kafka';
import type { Database } from '#libs/postgres';
import { failpoint, type Logger } from '#libs/runtime';
import type { DeadLetters, Rejected } from './dead-letters.js';
import { decodeChange } from './decode.js';
import type { Partitions } from './partitions.js';
import type { BatchPlan } from './plan.js';
import type { ReceivedChange } from './received-change.js';
import { countBatch, countUnreadable } from './sink-metrics.js';
import { storeBatch } from './store.js';

export interface SinkParts {
  database: Database;
  partitions: Partitions;
  deadLetters: DeadLetters;
  log: Logger;
}

/** Handles a slice of one partition: stores what can be read, in one transaction, and dead-letters the rest. */
export async function sinkRecords(parts: SinkParts, records: KafkaRecord[]): Promise<void> {
  const { changes, unreadable } = decodeAll(records);
  if (changes.length > 0) await store(parts, changes);
  // After the commit: a batch that has to run again must not send them twice.
  if (unreadable.length > 0) await giveUp(parts, unreadable);
}

export function decodeAll(records: KafkaRecord[]): { changes: ReceivedChange[]; unreadable: Rejected[] } {
  const changes: ReceivedChange[] = [];
  const unreadable: Rejected[] = [];
  for (const record of records) {
    try {
      changes.push(decodeChange(record));
    } catch (error) {
      unreadable.push({ record, error: asSimyardError(error), attempts: 1 });
    }
  }
  return { changes, unreadable };
}

async function store({ database, partitions, log }: SinkParts, changes: ReceivedChange[]): Promise<void> {
  const startedAt = performance.now();
  await partitions.ensureFor(changes, new Date());
  const plan = await storeBatch(database, changes);
  failpoint('after-commit');
  countBatch(plan, Date.now());
  logBatch(log, changes, plan, performance.now() - startedAt);
}

function logBatch(log: Logger, changes: ReceivedChange[], plan: BatchPlan, ms: number): void {
  const [first] = changes;
  const counts = { changes: changes.length, inserted: plan.inserts.length, repeats: plan.repeats };
  log.debug({ partition: first?.partition, offset: String(first?.offset), ...counts, ms: Math.round(ms) }, 'stored');
  for (const { change, eventId, partition, offset } of plan.conflicts) {
    const { entityType, version } = change;
    const position = { partition, offset: String(offset) };
    log.error({ eventId, entityType, version, ...position }, 'version is stored with another content, not overwritten');
  }
  for (const { change, from, to } of plan.missing) {
    const { entityType, businessTransaction } = change;
    log.warn({ entityType, from, to, seenIn: businessTransaction.id }, 'versions are missing');
  }
}

async function giveUp({ deadLetters, log }: SinkParts, unreadable: Rejected[]): Promise<void> {
  await deadLetters.send(unreadable);
  for (const { record, error } of unreadable) {
    countUnreadable(error.code);
    const position = { topic: record.topic, partition: record.partition, offset: String(record.offset) };
    log.error({ err: error, details: error.details, ...position }, 'record dead-lettered');
  }
}
