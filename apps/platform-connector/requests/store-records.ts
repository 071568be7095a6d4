import type { SimyardError } from '#libs/errors';
import type { KafkaRecord } from '#libs/kafka';
import { storeRequests } from '#libs/platforms';
import type { Transactions, Tx } from '#libs/postgres';
import { failpoint, type Logger } from '#libs/runtime';
import { writeDeadLetters } from '#libs/transactions';
import { countStored } from '../metrics.js';
import type { Claim } from '../platforms/platform-loop.js';
import { readRequests } from './read-request.js';

export interface StoreParts {
  database: Transactions;
  /** claims for these platforms what they have to do, to be begun once the transaction is committed */
  claimIn: (tx: Tx, platforms: string[]) => Promise<Claim>;
  /** responses of requests that were refused are committed */
  onRefused: () => void;
  log: Logger;
}

/** Stores a batch of requests in one transaction; what cannot be read is dead-lettered by it. No platform is called by it. */
export async function storeRecords(parts: StoreParts, records: KafkaRecord[]): Promise<void> {
  const { database, claimIn, onRefused, log } = parts;
  const startedAt = performance.now();
  const { requests, unreadable } = readRequests(records);
  let claim: Claim | undefined;
  const { result, letters } = await database
    .transaction(async (tx) => {
      const stored = await storeRequests(tx, requests);
      const written = await writeDeadLetters(tx, unreadable);
      claim = await claimIn(tx, stored.platforms);
      return { result: stored, letters: written };
    })
    .catch((error: unknown) => {
      claim?.drop();
      throw error;
    });
  failpoint('after-store');
  claim?.begin();
  if (result.refused > 0) onRefused();
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
