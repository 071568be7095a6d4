import type { SimyardError } from '#libs/errors';
import type { KafkaRecord } from '#libs/kafka';
import { storeRequests } from '#libs/platforms';
import type { Transactions } from '#libs/postgres';
import { failpoint, type Logger } from '#libs/runtime';
import { writeDeadLetters } from '#libs/transactions';
import { countStored } from '../metrics.js';
import { readRequests } from './read-request.js';

export interface StoreParts {
  database: Transactions;
  /** these platforms have something to do */
  wake: (platforms: string[]) => void;
  log: Logger;
}

/** Stores a batch of requests in one transaction; what cannot be read is dead-lettered by it. No platform is called. */
export async function storeRecords({ database, wake, log }: StoreParts, records: KafkaRecord[]): Promise<void> {
  const startedAt = performance.now();
  const { requests, unreadable } = readRequests(records);
  const { result, letters } = await database.transaction(async (tx) => ({
    result: await storeRequests(tx, requests),
    letters: await writeDeadLetters(tx, unreadable),
  }));
  failpoint('after-store');
  wake(result.platforms);
  countStored(result, letters.length);
  const { platforms, ...counts } = result;
  const ms = Math.round(performance.now() - startedAt);
  log.info({ ...counts, platforms: platforms.join(), deadLetters: letters.length, ms }, 'platform requests stored');
  for (const { record, error } of letters) {
    const { topic, partition, offset } = record;
    const position = { topic, partition, offset: String(offset) };
    log.error({ err: error, details: error.details, ...position }, 'record dead-lettered');
  }
}

/** Gives a record up that could not be stored, whatever was tried. */
export async function giveUpRecord(
  database: Transactions,
  record: KafkaRecord,
  error: SimyardError,
  attempts: number,
): Promise<void> {
  await database.transaction((tx) => writeDeadLetters(tx, [{ record, error, attempts }]));
}
