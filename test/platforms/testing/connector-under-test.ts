import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  commandTopic,
  platformRequestsTopic,
  platformRequestType,
  toHeaders,
  topics,
  type Plain,
  type PlatformChange,
} from '#libs/contracts';
import {
  createKafka,
  createProducer,
  ensureTopics,
  readTopic,
  type KafkaClient,
  type OutgoingMessage,
  type Producer,
} from '#libs/kafka';
import { insertOperations } from '#libs/operations';
import { openDatabase, type Database } from '#libs/postgres';
import { createLogger } from '#libs/runtime';
import { eventually, operationRow, saveAccounts, testBrokers, testDatabase, testTopicPrefix } from '#libs/testing';
import { projectDir } from '#tools/infra/index';
import { connectPlatforms, serviceEnvironment, startServiceProcess, type ServiceProcess } from '#tools/stack/index';

export const patience = { timeoutMs: 60_000, intervalMs: 100 };
const pepper = 'a pepper of at least thirty-two characters';

/** What the monitor is told. */
export interface Told {
  type: string;
  operationId: string;
  data: Record<string, unknown>;
}

/** The connector's world without the services beside it: the specs ask for changes, and read what the monitor is told. */
export interface ConnectorUnderTest {
  database: Database;
  /** Another process; the environment is added to what all have. */
  start(environment?: Record<string, string>): Promise<ServiceProcess>;
  /** An operation that is IN_PROGRESS, and the message that asks the platform. */
  request(platform: string, iccid: string, change?: Plain<PlatformChange>): Promise<Asked>;
  send(messages: OutgoingMessage[]): Promise<void>;
  /** Everything on the monitor's topic. */
  told(): Promise<Told[]>;
  /** The letters of the requests' topic, by cause. */
  deadLetters(): Promise<string[]>;
  stop(): Promise<void>;
}

export interface Asked {
  operationId: string;
  message: OutgoingMessage;
}

export async function startConnectorWorld(
  simulatorUrl: string,
  settings: Parameters<typeof connectPlatforms>[3],
): Promise<ConnectorUnderTest> {
  const testDb = await testDatabase();
  const database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 4 });
  await saveAccounts(database);
  await connectPlatforms(database, pepper, simulatorUrl, settings);
  const topicPrefix = testTopicPrefix();
  const client = createKafka({ kafkaBrokers: testBrokers(), topicPrefix }, 'spec', createLogger('spec', 'silent'));
  const producer = createProducer(client);
  const used = /platform-requests|simyard\.monitor\./;
  await eventually(() => ensureTopics(client, { definitions: topics.filter(({ name }) => used.test(name)) }), patience);
  const started: ServiceProcess[] = [];
  return {
    database,
    start: async (environment = {}) => {
      const service = await startServiceProcess({
        name: 'platform-connector',
        environment: { ...environmentOf(testDb.url, topicPrefix), ...environment },
        logFile: join(projectDir, '.simyard/tmp', `platform-connector-${topicPrefix}log`),
      });
      started.push(service);
      return service;
    },
    request: (platform, iccid, change = { kind: 'status', status: 'ACTIVE' }) => ask(database, platform, iccid, change),
    // New partitions may have no leader yet.
    send: (messages) => eventually(() => producer.send(messages), patience),
    told: () => readTold(client),
    deadLetters: () => readCauses(client),
    stop: () => stopAll(started, producer, database, testDb),
  };
}

function environmentOf(databaseUrl: string, topicPrefix: string): Record<string, string> {
  const addresses = { kafkaBrokers: testBrokers(), databaseUrl, dwhDatabaseUrl: databaseUrl, secretPepper: pepper };
  return {
    ...serviceEnvironment({ ...addresses, topicPrefix }),
    SIMYARD_SESSION_TIMEOUT_MS: '6000',
    // Nobody listens there: callbacks get lost.
    SIMYARD_CALLBACK_BASE_URL: 'http://127.0.0.1:9',
  };
}

async function ask(database: Database, platform: string, iccid: string, change: Plain<PlatformChange>): Promise<Asked> {
  const deadline = new Date(Date.now() + 600_000);
  const operation = operationRow({ action: 'ChangeSimStatus', status: 'IN_PROGRESS', deadline });
  await insertOperations(database, [operation]);
  const { operationId: id, correlationId } = operation;
  const type = platformRequestType;
  const headers = toHeaders({
    id,
    type,
    source: '/simyard/subscriber',
    tenant: 'ACME',
    actor: 'acme-crm',
    correlationId,
  });
  const value = JSON.stringify({ platform, iccid, subscriberId: randomUUID(), change });
  return { operationId: id, message: { topic: platformRequestsTopic, key: `${platform}:${iccid}`, headers, value } };
}

async function readTold(client: KafkaClient): Promise<Told[]> {
  const told: Told[] = [];
  await readTopic(client, commandTopic('monitor'), (records) => {
    for (const { headers, value } of records) {
      const [type, operationId] = [String(headers['ce_type']), String(headers['ce_id'])];
      told.push({ type, operationId, data: JSON.parse(String(value)) as Record<string, unknown> });
    }
    return Promise.resolve();
  });
  return told;
}

async function readCauses(client: KafkaClient): Promise<string[]> {
  const causes: string[] = [];
  await readTopic(client, `${platformRequestsTopic}.dead-letter`, (records) => {
    causes.push(...records.map(({ headers }) => String(headers['dlt_cause'])));
    return Promise.resolve();
  });
  return causes;
}

async function stopAll(
  started: ServiceProcess[],
  producer: Producer,
  database: Database,
  testDb: Awaited<ReturnType<typeof testDatabase>>,
): Promise<void> {
  await Promise.all(started.map((service) => service.stop()));
  await producer.close();
  await database.close();
  await testDb.drop();
}
