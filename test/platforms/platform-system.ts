import { randomUUID } from 'node:crypto';
import { createClient } from '#libs/access';
import { loadConfig } from '#libs/config';
import { interactiveTopic, commandType, toHeaders, topics, type SimStatus } from '#libs/contracts';
import { createKafka, createProducer, ensureTopics, sendPatiently } from '#libs/kafka';
import { savePlatform, type PlatformSettings } from '#libs/platforms';
import { openDatabase, type Database } from '#libs/postgres';
import { createLogger, startServiceWith, type RunningService, type ServiceOptions } from '#libs/runtime';
import {
  saveAccounts,
  saveInventory,
  simRow,
  subscriberRow,
  testBrokers,
  testDatabase,
  testTopicPrefix,
} from '#libs/testing';
import { commandService } from '#libs/transactions';
import { gateway } from '../../apps/gateway/build.js';
import { buildMonitor } from '../../apps/monitor/build.js';
import { buildPlatformConnector } from '../../apps/platform-connector/build.js';
import { SubscriberController } from '../../apps/subscriber/subscriber.controller.js';
import { startSimulator, type SimulatorUnderTest } from '../../apps/platform-simulator/testing/simulator-under-test.js';

const pepper = 'a pepper that is long enough for tests';

/** A SIM that Simyard and its platform have as ACTIVE. */
export interface FleetSim {
  platform: string;
  iccid: string;
  externalId: string;
}

export interface Ended {
  status: string;
  code: string | undefined;
  /** of the platform's last answer, where it failed */
  statusCode: number | undefined;
}

/** Everything between a command and the platforms, in one process, on a database and topics of its own. */
export interface PlatformSystem {
  database: Database;
  simulator: SimulatorUnderTest;
  /** New SIMs, one on each of the platforms. */
  addSims(platforms: string[]): Promise<FleetSim[]>;
  /** Asks for the SIM's status; returns the command's id. */
  changeStatus(sim: FleetSim, status: SimStatus): Promise<string>;
  /** How the command's operation has ended; undefined while it is open. */
  endOf(commandId: string): Promise<Ended | undefined>;
  statusOf(sim: FleetSim): Promise<SimStatus | undefined>;
  stop(): Promise<void>;
}

/** @param platforms by their names; they become known to the simulator and to Simyard by configuration alone */
export async function startPlatformSystem(
  platforms: Record<string, PlatformSettings>,
  environment: Record<string, string>,
): Promise<PlatformSystem> {
  const testDb = await testDatabase();
  const database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 4 });
  await saveAccounts(database);
  await createClient(database, pepper, { username: 'acme-crm', accountId: 'ACME' });
  const simulator = await startSimulator();
  for (const [name, settings] of Object.entries(platforms)) await addPlatform(database, simulator, name, settings);
  const topicPrefix = testTopicPrefix();
  const log = createLogger('spec', 'silent');
  const kafka = createKafka({ kafkaBrokers: testBrokers(), topicPrefix }, 'spec', log);
  await ensureTopics(kafka, { definitions: topics });
  const start = startWith({ DATABASE_URL: testDb.url, SIMYARD_TOPIC_PREFIX: topicPrefix, ...environment });
  const front = await start(gateway);
  const others = await Promise.all([
    start({
      name: 'subscriber',
      build: async (context) => ({
        ...(await commandService('subscriber', context)),
        controllers: [SubscriberController],
      }),
    }),
    start({ name: 'platform-connector', build: buildPlatformConnector }, { SIMYARD_CALLBACK_BASE_URL: front.url }),
    start({ name: 'monitor', build: buildMonitor }),
  ]);
  const producer = createProducer(kafka);
  let sims = 0;
  return {
    database,
    simulator,
    addSims: async (names) => {
      const added = names.map((platform): FleetSim => {
        sims += 1;
        return { platform, iccid: `8901${String(sims).padStart(15, '0')}`, externalId: `SUB-${sims}` };
      });
      await saveFleet(database, simulator, added);
      return added;
    },
    changeStatus: async ({ externalId }, status) => {
      const id = randomUUID();
      const data = { requestId: id, subscriber: { externalId }, status };
      const envelope = {
        id,
        type: commandType('ChangeSimStatus'),
        source: '/test',
        tenant: 'ACME',
        actor: 'acme-crm',
        correlationId: id,
      };
      await sendPatiently(producer, [
        {
          topic: interactiveTopic('subscriber'),
          key: externalId,
          value: JSON.stringify(data),
          headers: toHeaders(envelope),
        },
      ]);
      return id;
    },
    endOf: (commandId) => findEnd(database, commandId),
    statusOf: async ({ iccid }) => {
      const [row] = await database.query<{ status: SimStatus }>('select status from inventory.sim where iccid = $1', [
        iccid,
      ]);
      return row?.status;
    },
    stop: async () => {
      await producer.close();
      await Promise.all([front, ...others].map((service) => service.stop()));
      await simulator.stop();
      await database.close();
      await testDb.drop();
    },
  };
}

/** Starts services as their mains do, in this process. */
function startWith(environment: Record<string, string>) {
  const base = {
    KAFKA_BROKERS: testBrokers().join(','),
    SIMYARD_SECRET_PEPPER: pepper,
    SIMYARD_LOG_LEVEL: process.env['SIMYARD_TEST_LOG_LEVEL'] ?? 'silent',
    SIMYARD_DRAIN_DELAY_MS: '0',
  };
  return (service: ServiceOptions, more: Record<string, string> = {}): Promise<RunningService> =>
    startServiceWith(loadConfig({ ...base, ...environment, ...more }), service);
}

async function addPlatform(
  database: Database,
  simulator: SimulatorUnderTest,
  name: string,
  settings: PlatformSettings,
): Promise<void> {
  const { changes, results, idempotent } = settings;
  const quick = { answerMs: { min: 0, max: 20 }, completionMs: { min: 0, max: 100 }, callbackPauseMs: 20 };
  await simulator.admin('PATCH', `/platforms/${name}`, { changes, results, idempotent, ...quick });
  const secrets = {
    credential: `simulated-${name}-credential`,
    callbackSecret: `simulated-${name}-callback-secret`,
  };
  await database.transaction((tx) =>
    savePlatform(tx, pepper, name, { baseUrl: `${simulator.url}/${name}`, ...secrets, ...settings }),
  );
}

async function saveFleet(database: Database, simulator: SimulatorUnderTest, fleet: FleetSim[]): Promise<void> {
  const rows = fleet.map(({ externalId, platform, iccid }) => {
    const subscriber = subscriberRow(externalId, { platform });
    return { subscriber, sim: simRow(subscriber, iccid) };
  });
  const subscribers = rows.map(({ subscriber }) => subscriber);
  await saveInventory(database, { subscribers, sims: rows.map(({ sim }) => sim) });
  const sims = fleet.map(({ platform, iccid }) => ({ platform, iccid, status: 'ACTIVE' }));
  await simulator.admin('PUT', '/sims', { sims });
}

async function findEnd(database: Database, commandId: string): Promise<Ended | undefined> {
  const [row] = await database.query<{ status: string; error: string | null }>(
    `select status, error from operations.operation
     where correlation_id = $1 and status not in ('ACCEPTED', 'IN_PROGRESS')`,
    [commandId],
  );
  if (!row) return undefined;
  const error = JSON.parse(row.error ?? '{}') as { code?: string; details?: { statusCode?: number } };
  return { status: row.status, code: error.code, statusCode: error.details?.statusCode };
}
