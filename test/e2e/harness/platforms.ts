import type { Database } from '#libs/postgres';
import type { PlatformSettings } from '#libs/platforms';
import {
  connectPlatforms,
  simulatorAt,
  type ServiceName,
  type ServiceProcess,
  type SimulatorClient,
} from '#tools/stack/index';
import { createLedgerProducer, type LedgerProducer } from './ledger.js';
import { startReader, type Reader } from './reader.js';
import { createStack, secretPepper, type Stack } from './stack.js';

/** A subscriber with an ACTIVE SIM, as Simyard and the platform have it at the beginning. */
export interface PlatformSubscriber {
  externalId: string;
  platform: string;
  iccid: string;
}

export interface PlatformSceneOptions {
  /** names the directory of the services' logs */
  name: string;
  /** these have subscribers, by turns */
  platforms: string[];
  subscribers: number;
  /** of the ten platforms, beside their addresses and secrets */
  settings: PlatformSettings;
  /** of the simulator: latencies and the like */
  simulated: Record<string, unknown>;
  /** started beside gateway and simulator */
  instances: Partial<Record<ServiceName, number>>;
}

/** Services that change SIMs at simulated platforms. */
export interface PlatformScene {
  readonly stack: Stack;
  readonly services: ServiceProcess[];
  readonly simulator: SimulatorClient;
  readonly subscribers: PlatformSubscriber[];
  readonly producer: LedgerProducer;
  readonly reader: Reader;
  /** One more process of a service. */
  start(name: ServiceName): Promise<ServiceProcess>;
  stop(): Promise<void>;
}

export async function openPlatformScene(options: PlatformSceneOptions): Promise<PlatformScene> {
  // The gateway's address is known once it is there; who starts later finds it here.
  const environment: Record<string, string> = { SIMYARD_SESSION_TIMEOUT_MS: '6000' };
  const stack = await createStack({ name: options.name, environment });
  try {
    const [simulated, gateway] = await Promise.all([stack.start('platform-simulator'), stack.start('gateway')]);
    environment['SIMYARD_CALLBACK_BASE_URL'] = gateway.url;
    const simulator = simulatorAt(simulated.url);
    await simulator.change(options.simulated);
    await connectPlatforms(stack.database, secretPepper, simulated.url, options.settings);
    const subscribers = Array.from({ length: options.subscribers }, (_, n): PlatformSubscriber => {
      const platform = options.platforms[n % options.platforms.length] ?? '';
      return { externalId: `SUB-${n}`, platform, iccid: `8901${String(n).padStart(15, '0')}` };
    });
    await saveSubscribers(stack.database, subscribers);
    await simulator.giveSims(subscribers.map(({ platform, iccid }) => ({ platform, iccid, status: 'ACTIVE' })));
    const names = Object.entries(options.instances).flatMap(([name, count]) =>
      Array<ServiceName>(count).fill(name as ServiceName),
    );
    const [producer, reader, ...services] = await Promise.all([
      createLedgerProducer(stack.kafka),
      startReader(stack.kafka),
      ...names.map((name) => stack.start(name)),
    ]);
    return {
      ...{ stack, services, simulator, subscribers, producer, reader },
      start: (name) => stack.start(name),
      stop: async () => {
        await Promise.all([producer.close(), reader.stop()]);
        await stack.stop();
      },
    };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

/** Straight into the tables: that subscribers can be created is tested elsewhere. */
async function saveSubscribers(database: Database, subscribers: PlatformSubscriber[]): Promise<void> {
  await database.execute(
    `with wanted as (
       select * from unnest($1::text[], $2::text[], $3::text[]) as wanted (external_id, platform, iccid)
     ), fresh as (
       insert into inventory.subscriber
         (subscriber_id, tenant_id, account_id, external_id, state, platform, version, created_at, changed_at)
       select gen_random_uuid(), 'ACME', 'ACME-TT', external_id, 'Active', platform, 1, now(), now() from wanted
       returning subscriber_id, external_id
     )
     insert into inventory.sim (iccid, tenant_id, account_id, subscriber_id, platform, status, version, changed_at)
     select iccid, 'ACME', 'ACME-TT', subscriber_id, platform, 'ACTIVE', 1, now()
     from wanted join fresh using (external_id)`,
    [
      subscribers.map(({ externalId }) => externalId),
      subscribers.map(({ platform }) => platform),
      subscribers.map(({ iccid }) => iccid),
    ],
  );
  await database.execute('analyze inventory.subscriber');
  await database.execute('analyze inventory.sim');
}
