import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '#libs/access';
import { createKafka, type KafkaClient } from '#libs/kafka';
import { openDatabase, type Database } from '#libs/postgres';
import { createLogger } from '#libs/runtime';
import { startInfrastructure, type Infrastructure } from '../infra/index.js';
import {
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
  start(names: ServiceName[]): Promise<ServiceProcess[]>;
  stopServices(): Promise<void>;
  /** entity changes in the warehouse */
  storedChanges(): Promise<number>;
  stop(): Promise<void>;
}

/** Infrastructure of the benchmark's own with a seeded fleet; services are started when a part wants them. */
export async function createBenchStack(
  subscribers: number,
  dir: string,
  say: (line: string) => void,
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
    start: async (names) => {
      const environment = { ...serviceEnvironment(addresses), SIMYARD_LOG_LEVEL: 'warn' };
      const started = await Promise.all(
        names.map((name) =>
          startServiceProcess({
            name,
            environment: { ...environment, SIMYARD_LOG_LEVEL: 'info' },
            logFile: join(dir, `bench-${name}.log`),
          }),
        ),
      );
      processes.push(...started);
      await Promise.all(started.map((process) => process.up));
      return started;
    },
    stopServices,
    storedChanges: async () => {
      const [row] = await database.query<{ n: string | null }>('select sum(changes) as n from dwh.metric_hourly');
      return Number(row?.n ?? 0);
    },
    stop: async () => {
      await stopServices();
      await database.close();
      await infrastructure.stop();
    },
  };
}
