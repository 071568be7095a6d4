import { interactivePlatformRequestsTopic, platformRequestsTopic } from '#libs/contracts';
import { BatchServer, createKafka, type KafkaClient } from '#libs/kafka';
import { claimRequests, countRequests, platformSource, readDuePlatforms, type PlatformConfig } from '#libs/platforms';
import { openDatabase, type Database } from '#libs/postgres';
import { startLoop, type Loop, type ServiceContext, type ServiceParts } from '#libs/runtime';
import { openCallersBell, startServiceRelay } from '#libs/transactions';
import { showCounts } from './metrics.js';
import { connectPlatform } from './platforms/carry-out.js';
import { lookForDue } from './platforms/look-for-due.js';
import { startPlatformLoop, type PlatformLoop } from './platforms/platform-loop.js';
import { keepPlatformLoops, type PlatformLoops } from './platforms/platform-loops.js';
import { recordTogether } from './platforms/record-together.js';
import { giveUpRecord, storeRecords, type StoreParts } from './requests/store-records.js';

const countEveryMs = 5000;

/** What is known of a queue's table is always out of date: the planner would read or sort all of it for the next few rows. */
const byIndexOnly = { enable_seqscan: 'off', enable_bitmapscan: 'off' };

/** Calls the platforms. Several instances may run: a request is claimed by one of them at a time. */
export async function buildPlatformConnector(context: ServiceContext): Promise<ServiceParts> {
  const { config, log, health } = context;
  const database = await openDatabase({
    url: config.databaseUrl,
    applicationName: 'simyard-platform-connector',
    poolSize: config.poolSize,
    settings: byIndexOnly,
  });
  const relay = await startServiceRelay('platform-connector', 'stream', context);
  const bell = await openCallersBell('platform-connector', database, context);
  const loops = startLoops(context, database, () => bell.written());
  const looks = lookForDue((names) => readDuePlatforms(database.prepared, names), loops, log);
  const counts = startCounting(context, database);
  health.ready('postgres', async () => (await database.query('select 1')).length === 1);
  health.alive('platforms', () => loops.moving() && looks.moving());
  const client = createKafka(config, 'simyard-platform-connector', log);
  const consume = (topic: string, groupId: string, stores: Pick<StoreParts, 'database' | 'claimIn'>): BatchServer =>
    consumer(context, { ...stores, onRefused: () => bell.written(), log }, client, topic, groupId);
  return {
    strategies: [
      consume(platformRequestsTopic, 'simyard.platform-connector', {
        database,
        // As many as come are claimed as the platforms have room.
        claimIn: (_, platforms) => Promise.resolve({ begin: () => loops.wake(platforms), drop: () => undefined }),
      }),
      consume(interactivePlatformRequestsTopic, 'simyard.platform-connector.interactive', {
        database: database.prepared,
        claimIn: loops.claimIn,
      }),
    ],
    close: async () => {
      await Promise.all([looks.stop(), loops.stop(), counts.stop()]);
      await Promise.all([relay.stop(), bell.stop()]);
      await database.close();
    },
  };
}

function consumer(
  { config, log, health }: ServiceContext,
  stores: StoreParts,
  client: KafkaClient,
  topic: string,
  groupId: string,
): BatchServer {
  return new BatchServer({
    ...config,
    concurrency: config.consumerConcurrency,
    client,
    groupId,
    topics: [topic],
    handle: (records) => storeRecords(stores, records),
    deadLetter: (record, error, attempts) => giveUpRecord(stores.database, record, error, attempts),
    log,
    health,
  });
}

function startLoops({ config, log }: ServiceContext, database: Database, onRecorded: () => void): PlatformLoops {
  const source = platformSource(config.secretPepper, 0);
  const record = recordTogether(database, onRecorded, log);
  const start = (platform: PlatformConfig): PlatformLoop => {
    const callbackUrl = `${config.callbackBaseUrl}/platform-callbacks/v1/${encodeURIComponent(platform.name)}`;
    const connection = connectPlatform(platform, database, callbackUrl, log);
    const loop = startPlatformLoop({
      platform,
      claim: (limit, tx = database.prepared) => claimRequests(tx, platform, limit),
      carryOut: connection.carryOut,
      record,
      log,
    });
    const stop = async (): Promise<void> => {
      await loop.stop();
      await connection.close();
    };
    return { ...loop, stop };
  };
  return keepPlatformLoops(() => source(database), start, log);
}

function startCounting({ log }: ServiceContext, database: Database): Loop {
  return startLoop({
    name: 'platform counts',
    log,
    idleMs: countEveryMs,
    runOnce: async () => {
      showCounts(await countRequests(database));
      return false;
    },
  });
}
