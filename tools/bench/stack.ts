import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '#libs/access';
import { createKafka, type KafkaClient } from '#libs/kafka';
import { openDatabase, type Database } from '#libs/postgres';
import type { PlatformSettings } from '#libs/platforms';
import { createLogger } from '#libs/runtime';
import { startInfrastructure, type Infrastructure } from '../infra/index.js';
import {
  connectPlatforms,
  prepare,
  serviceEnvironment,
  startServiceProcess,
  type ServiceName,
  type ServiceProcess,
} from '../stack/index.js';
import { benchActor, benchTenant, seedFleet } from './fleet.js';

export interface BenchStack {
  infrastructure: Infrastructure;
  database: Database;
  client: KafkaClient;
  credentials: { clientId: string; clientSecret: string };
  start(names: ServiceName[], environment?: Record<string, string>): Promise<ServiceProcess[]>;
  /** Connects the ten platforms to the simulator at this URL. */
  connectPlatforms(simulatorUrl: string, settings?: PlatformSettings): Promise<void>;
  stopServices(): Promise<void>;
  /** entity changes in the warehouse, of a type of business transaction if told */
  storedChanges(type?: string): Promise<number>;
  /** API clients of the benchmark's account, each another user */
  newClients(count: number): Promise<BenchStack['credentials'][]>;
  stop(): Promise<void>;
}

/** Infrastructure of the benchmark's own with a seeded fleet; services are started when a part wants them. */
export async function createBenchStack(
  subscribers: number,
  dir: string,
  say: (line: string) => void,
  settings: Record<string, string> = {},
): Promise<BenchStack> {
  const dataDir = await mkdtemp(join(dir, 'bench-'));
  const infrastructure = await startInfrastructure({ dataDir, persistent: false, log: say });
  const addresses = {
    kafkaBrokers: infrastructure.kafkaBrokers,
    databaseUrl: infrastructure.databaseUrl,
    dwhDatabaseUrl: infrastructure.dwhDatabaseUrl,
    secretPepper: randomBytes(32).toString('hex'),
  };
  await prepare(addresses);
  const database = await openDatabase({ url: addresses.databaseUrl, applicationName: 'bench', poolSize: 4 });
  say(`seeding ${subscribers.toLocaleString('en')} subscribers`);
  await seedFleet(database, subscribers);
  const { clientId, clientSecret } = await createClient(database, addresses.secretPepper, {
    username: benchActor,
    accountId: benchTenant,
    businessIds: ['TT'],
    scopes: ['admin'],
  });
  let processes: ServiceProcess[] = [];
  const stopServices = async (): Promise<void> => {
    await Promise.all(processes.map((process) => process.stop()));
    processes = [];
  };
  const log = createLogger('bench', 'silent');
  return {
    infrastructure,
    database,
    client: createKafka({ kafkaBrokers: addresses.kafkaBrokers, topicPrefix: '' }, 'bench', log),
    credentials: { clientId, clientSecret },
    connectPlatforms: (url, settings) => connectPlatforms(database, addresses.secretPepper, url, settings),
    start: async (names, extra = {}) => {
      const environment = { ...serviceEnvironment(addresses), SIMYARD_LOG_LEVEL: 'info', ...extra, ...settings };
      const started = await Promise.all(
        names.map((name) => startServiceProcess({ name, environment, logFile: join(dir, `bench-${name}.log`) })),
      );
      processes.push(...started);
      await Promise.all(started.map((process) => process.up));
      return started;
    },
    stopServices,
    storedChanges: (type) => countStored(database, type),
    newClients: (count) => createUsers(database, addresses.secretPepper, count),
    stop: async () => {
      await stopServices();
      await database.close();
      await infrastructure.stop();
    },
  };
}

async function countStored(database: Database, type: string | undefined): Promise<number> {
  const [row] = await database.query<{ n: string | null }>(
    'select sum(changes) as n from dwh.metric_hourly where type = $1 or $1::text is null',
    [type ?? null],
  );
  return Number(row?.n ?? 0);
}

async function createUsers(database: Database, pepper: string, count: number): Promise<BenchStack['credentials'][]> {
  const created: BenchStack['credentials'][] = [];
  // Each takes a connection, and who waits too long for one is refused.
  const atOnce = 50;
  while (created.length < count) {
    const users = Array.from({ length: Math.min(atOnce, count - created.length) }, () => `user ${randomUUID()}`);
    created.push(
      ...(await Promise.all(
        users.map((username) => createClient(database, pepper, { username, accountId: benchTenant })),
      )),
    );
  }
  return created;
}
