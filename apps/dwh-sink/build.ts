import { accessProviders } from '#libs/access';
import type { Config } from '#libs/config';
import { businessTransactionsTopic } from '#libs/contracts';
import { BatchServer, createKafka, createProducer } from '#libs/kafka';
import { openDatabase, type Database } from '#libs/postgres';
import { startLoop, type Loop, type ServiceContext, type ServiceParts } from '#libs/runtime';
import { watchGaps } from './gaps/watch-gaps.js';
import { EntitiesController } from './query/entities.controller.js';
import { ErrorFilter } from './query/error.filter.js';
import { GapsController } from './query/gaps.controller.js';
import { MetricsController } from './query/metrics.controller.js';
import { TransactionsController } from './query/transactions.controller.js';
import { WAREHOUSE, type Warehouse } from './query/warehouse.js';
import { createDeadLetters } from './sink/dead-letters.js';
import { createPartitions, type Partitions } from './sink/partitions.js';
import { sinkRecords } from './sink/sink.js';

const partitionCheckMs = 3_600_000;
const gapLookMs = 5000;
/** The query API reads clients and accounts there, nothing else. */
const mainPoolSize = 4;

/** The parts of the warehouse's service: the sink of the business-transactions topic, its loops, and the query API. */
export async function buildDwhSink(context: ServiceContext): Promise<ServiceParts> {
  const { config, log, health } = context;
  const { dwh, main } = await openDatabases(config);
  const client = createKafka(config, 'dwh-sink', log);
  const producer = createProducer(client);
  const deadLetters = createDeadLetters(producer);
  const partitions = createPartitions(dwh);
  const loops = startLoops(context, dwh, partitions);
  health.alive('gaps', () => loops.gaps.moving());
  health.ready(
    'postgres',
    async () => (await Promise.all([dwh, main].map((each) => each.query('select 1')))).length > 0,
  );
  const strategy = new BatchServer({
    ...config,
    // One: two sinks' transactions would wait for each other at the metrics' few rows.
    concurrency: 1,
    client,
    groupId: 'simyard.dwh-sink',
    topics: [businessTransactionsTopic],
    handle: (records) => sinkRecords({ database: dwh, partitions, deadLetters, log }, records),
    deadLetter: (record, error, attempts) => deadLetters.send([{ record, error, attempts }]),
    log,
    health,
  });
  const warehouse: Warehouse = { dwh, main, gapGraceMs: config.dwhGapGraceMs };
  return {
    controllers: [EntitiesController, TransactionsController, MetricsController, GapsController],
    providers: [{ provide: WAREHOUSE, useValue: warehouse }, ...accessProviders(main, config.secretPepper)],
    strategies: [strategy],
    configure: (app) => void app.useGlobalFilters(new ErrorFilter(log)),
    close: async () => {
      await Promise.all([loops.partitions.stop(), loops.gaps.stop()]);
      await producer.close();
      await Promise.all([...new Set([dwh, main])].map((database) => database.close()));
    },
  };
}

/** One pool when the warehouse is in the main database. */
async function openDatabases(config: Config): Promise<{ dwh: Database; main: Database }> {
  const dwh = await openDatabase({
    url: config.dwhDatabaseUrl,
    applicationName: 'simyard-dwh-sink',
    poolSize: config.poolSize,
  });
  if (config.databaseUrl === config.dwhDatabaseUrl) return { dwh, main: dwh };
  const main = await openDatabase({
    url: config.databaseUrl,
    applicationName: 'simyard-dwh-sink-access',
    poolSize: mainPoolSize,
  });
  return { dwh, main };
}

function startLoops(
  { config, log }: ServiceContext,
  dwh: Database,
  partitions: Partitions,
): { partitions: Loop; gaps: Loop } {
  const gaps = watchGaps(dwh, config.dwhGapGraceMs, log);
  return {
    partitions: startLoop({
      name: 'partitions',
      runOnce: async () => {
        await partitions.ensureAhead(new Date());
        return false;
      },
      idleMs: partitionCheckMs,
      log,
    }),
    gaps: startLoop({
      name: 'gaps',
      runOnce: async () => {
        await gaps.look();
        return false;
      },
      idleMs: gapLookMs,
      log,
    }),
  };
}
