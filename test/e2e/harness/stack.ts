import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient, type CreatedClient } from '#libs/access';
import { insertAccounts } from '#libs/inventory';
import { createKafka, type KafkaClient } from '#libs/kafka';
import { openDatabase, type Database } from '#libs/postgres';
import { createLogger } from '#libs/runtime';
import { emptyTemplate, eventually, testBrokers, testDatabase, testTopicPrefix } from '#libs/testing';
import { projectDir } from '#tools/infra/index';
import {
  prepare,
  serviceEnvironment,
  startServiceProcess,
  type ServiceName,
  type ServiceProcess,
  type StackAddresses,
} from '#tools/stack/index';

export const secretPepper = 'a pepper that is long enough for tests';

/** Username of the client that commands of tenant ACME name as their actor. */
export const acmeActor = 'acme-crm';

export interface StackOptions {
  /** names the directory of the services' logs, .simyard/e2e/<name> */
  name: string;
  /** servers of the spec's own, else those of the Jest run */
  servers?: { kafkaBrokers: string[]; databaseUrl: string };
  /** for every service */
  environment?: Record<string, string>;
}

/** Real service processes on a database and topics of their own. Tenants ACME (ACME-TT and ACME-JM below it) and GLOBEX. */
export interface Stack {
  readonly database: Database;
  readonly kafka: KafkaClient;
  readonly brokers: string[];
  readonly acme: CreatedClient;
  newClient(accountId: string, scopes?: string[]): Promise<CreatedClient>;
  /** Starts a process and returns at once: it may be one that is to die early. */
  launch(name: ServiceName, environment?: Record<string, string>): Promise<ServiceProcess>;
  /** Starts a process and waits until it is ready; returns its URL too. */
  start(name: ServiceName, environment?: Record<string, string>): Promise<ServiceProcess & { url: string }>;
  /** Processes that have not ended. */
  running(): ServiceProcess[];
  stop(): Promise<void>;
}

export async function createStack(options: StackOptions): Promise<Stack> {
  const logDir = join(projectDir, '.simyard/e2e', options.name);
  await rm(logDir, { recursive: true, force: true });
  const { addresses, drop } = await place(options.servers);
  await prepare(addresses);
  const database = await openDatabase({ url: addresses.databaseUrl, applicationName: 'e2e', poolSize: 6 });
  const kafka = createKafka(
    { kafkaBrokers: addresses.kafkaBrokers, topicPrefix: addresses.topicPrefix ?? '' },
    'e2e',
    createLogger('e2e', 'silent'),
  );
  const acme = await createAccounts(database);
  const processes = new Set<ServiceProcess>();
  let launched = 0;

  async function launch(name: ServiceName, environment: Record<string, string> = {}): Promise<ServiceProcess> {
    launched += 1;
    const started = await startServiceProcess({
      name,
      environment: { ...serviceEnvironment(addresses), ...options.environment, ...environment },
      logFile: join(logDir, `${String(launched).padStart(2, '0')}-${name}.log`),
    });
    processes.add(started);
    void started.ended.then(() => processes.delete(started));
    return started;
  }

  return {
    database,
    kafka,
    brokers: addresses.kafkaBrokers,
    acme,
    newClient: (accountId, scopes = []) =>
      createClient(database, secretPepper, { username: `${accountId} ${launched} ${Date.now()}`, accountId, scopes }),
    launch,
    start: async (name, environment) => {
      const started = await launch(name, environment);
      const url = await started.up;
      await untilReady(url);
      return { ...started, url };
    },
    running: () => [...processes],
    stop: async () => {
      await Promise.all([...processes].map((process) => process.stop()));
      await database.close();
      await drop();
    },
  };
}

/** Where the stack lives; its database is dropped at the end unless the servers are the spec's own. */
async function place(
  servers: StackOptions['servers'],
): Promise<{ addresses: StackAddresses; drop: () => Promise<void> }> {
  if (servers) {
    const dwhDatabaseUrl = servers.databaseUrl;
    return { addresses: { ...servers, dwhDatabaseUrl, secretPepper }, drop: () => Promise.resolve() };
  }
  const database = await testDatabase(emptyTemplate);
  const { url } = database;
  const shared = { kafkaBrokers: testBrokers(), topicPrefix: testTopicPrefix(), secretPepper };
  return { addresses: { ...shared, databaseUrl: url, dwhDatabaseUrl: url }, drop: () => database.drop() };
}

async function createAccounts(database: Database): Promise<CreatedClient> {
  await insertAccounts(database, [
    { accountId: 'ACME', name: 'Acme' },
    { accountId: 'ACME-TT', parentId: 'ACME', name: 'Acme Trinidad' },
    { accountId: 'ACME-JM', parentId: 'ACME', name: 'Acme Jamaica' },
    { accountId: 'GLOBEX', name: 'Globex' },
  ]);
  return createClient(database, secretPepper, { username: acmeActor, accountId: 'ACME', scopes: ['admin'] });
}

export async function untilReady(url: string): Promise<void> {
  await eventually(
    async () => {
      const { status } = await fetch(`${url}/readyz`);
      if (status !== 200) throw new Error(`${url}/readyz answers ${status}`);
    },
    { timeoutMs: 60_000, intervalMs: 50 },
  );
}
