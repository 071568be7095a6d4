import { requestScope, endOperations } from '#libs/operations';
import { openDatabase, type Database } from '#libs/postgres';
import { createStart, type Start } from '../../apps/gateway/commands/start.js';
import { benchTenant, iccidOf } from './fleet.js';
import type { BenchStack } from './stack.js';

export interface LockCostResult {
  /** of one round */
  writes: number;
  rounds: number;
  /** median of the rounds, from admission to the end of the operation */
  withLocksUs: number;
  withoutLocksUs: number;
  /** median of the rounds' own ratios, with to without */
  ratio: number;
}

const writes = 2000;
const rounds = 9;
const atOnce = 64;
const endedAtOnce = 100;

/**
 * What locks cost: the gateway's own admission, called directly on the database, of the same writes with floLIVE's policy
 * (user and action, subscriber) and with that of Kafka (nothing) in alternation; operations are then ended, and with that
 * their locks freed. No HTTP, no relay, no service.
 */
export async function measureLockCost(stack: BenchStack): Promise<LockCostResult> {
  const database = await openDatabase({
    url: stack.infrastructure.databaseUrl,
    applicationName: 'bench-locks',
    poolSize: 4,
  });
  const limits = { operationDeadlineMs: 600_000, bulkDeadlineMs: 600_000 };
  const start = createStart(database, { written: () => undefined }, limits);
  const pairs: { locked: number; free: number }[] = [];
  for (let round = -1; round < rounds; round += 1) {
    // Who goes first changes, so that neither gains by what the other left in caches.
    const order = round % 2 === 0 ? (['flolive', 'kafka'] as const) : (['kafka', 'flolive'] as const);
    const took = { flolive: 0, kafka: 0 };
    for (const facade of order) took[facade] = await timeRound(database, start, facade);
    // The first pair warms up.
    if (round >= 0) pairs.push({ locked: took.flolive, free: took.kafka });
  }
  await database.close();
  return {
    writes,
    rounds,
    withLocksUs: median(pairs.map(({ locked }) => locked)),
    withoutLocksUs: median(pairs.map(({ free }) => free)),
    ratio: median(pairs.map(({ locked, free }) => locked / free)),
  };
}

type Policy = 'flolive' | 'kafka';

/** Admits and ends writes of as many users on as many subscribers; returns µs per write. */
async function timeRound(database: Database, start: Start, facade: Policy): Promise<number> {
  const operationIds: string[] = [];
  let next = 0;
  const startedAt = performance.now();
  const work = async (): Promise<void> => {
    for (let n = next++; n < writes; n = next++) operationIds.push((await start(write(facade, n))).operationId);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  for (let from = 0; from < writes; from += endedAtOnce) {
    await end(database, operationIds.slice(from, from + endedAtOnce));
  }
  const us = ((performance.now() - startedAt) * 1000) / writes;
  // Nobody is there to carry the commands out.
  await database.execute('delete from messaging.outbox');
  return us;
}

function write(facade: Policy, n: number): Parameters<Start>[0] {
  const username = `bench-user-${n}`;
  const client = { clientId: username, username, tenantId: benchTenant, accountId: benchTenant };
  return {
    facade,
    name: 'ChangeSimStatus',
    data: { subscriber: { identifier: { type: 'ICCID', value: iccidOf(n) } }, status: 'SUSPENDED' },
    caller: { client: { ...client, businessIds: [], scopes: [] }, correlationId: username },
    scope: requestScope.facade(facade, username),
    orderKey: iccidOf(n),
  };
}

async function end(database: Database, operationIds: string[]): Promise<void> {
  const nothing = { businessTransactionId: null, response: null, error: null };
  const endedAt = new Date();
  await database.transaction((tx) =>
    endOperations(
      tx,
      operationIds.map((operationId) => ({ operationId, status: 'COMPLETED', ...nothing, endedAt })),
    ),
  );
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
