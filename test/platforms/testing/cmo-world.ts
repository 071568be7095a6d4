import { loadConfig } from '#libs/config';
import { topics } from '#libs/contracts';
import { createKafka, ensureTopics } from '#libs/kafka';
import type { PlatformSettings, Sim } from '#libs/platforms';
import { createLogger, startServiceWith, type RunningService, type ServiceOptions } from '#libs/runtime';
import { eventually, testBrokers } from '#libs/testing';
import { commandService } from '#libs/transactions';
import { connectPlatforms } from '#tools/stack/index';
import { iccidOf, saveCards, type Card } from '../../../apps/gateway/cmo/testing/fleet.js';
import { startGateway, type GatewayUnderTest } from '../../../apps/gateway/testing/gateway-under-test.js';
import { buildMonitor } from '../../../apps/monitor/build.js';
import { buildPlatformConnector } from '../../../apps/platform-connector/build.js';
import {
  startSimulator,
  type SimulatorUnderTest,
} from '../../../apps/platform-simulator/testing/simulator-under-test.js';
import { SubscriberController } from '../../../apps/subscriber/subscriber.controller.js';

/** The CMO facade with all that is behind it, in one process, and the ten platforms as they are configured. */
export interface CmoWorld {
  gateway: GatewayUnderTest;
  simulator: SimulatorUnderTest;
  /** SIMs that Simyard and their platforms have. */
  addCards(cards: Card[]): Promise<void>;
  /** What a platform has of the `n`th of its SIMs. */
  simOf(platform: string, n: number): Promise<Sim>;
  stop(): Promise<void>;
}

const patience = { timeoutMs: 60_000, intervalMs: 100 };

export async function startCmoWorld(settings: PlatformSettings): Promise<CmoWorld> {
  const simulator = await startSimulator();
  await simulator.reset();
  const gateway = await startGateway({ responseTimeoutMs: 20_000 });
  // As the gateway has them.
  const config = loadConfig();
  await connectPlatforms(gateway.database, config.secretPepper, simulator.url, settings);
  const kafka = createKafka(
    { kafkaBrokers: testBrokers(), topicPrefix: gateway.topicPrefix },
    'spec',
    createLogger('spec', 'silent'),
  );
  await eventually(() => ensureTopics(kafka, { definitions: topics }), patience);
  const start = (service: ServiceOptions): Promise<RunningService> =>
    startServiceWith({ ...config, callbackBaseUrl: gateway.url }, service);
  const services = await Promise.all([start(subscriber), start(connector), start(monitor)]);
  return {
    gateway,
    simulator,
    addCards: async (cards) => {
      await saveCards(gateway.database, cards);
      const sims = cards.map(({ platform, n, status = 'ACTIVE' }) => ({
        platform,
        iccid: iccidOf(platform, n),
        status,
      }));
      await simulator.admin('PUT', '/sims', { sims });
    },
    simOf: async (platform, n) => (await simulator.get(platform, `/sims/${iccidOf(platform, n)}`)).body as Sim,
    stop: async () => {
      await Promise.all(services.map((service) => service.stop()));
      await gateway.stop();
      await simulator.stop();
    },
  };
}

const subscriber: ServiceOptions = {
  name: 'subscriber',
  build: async (context) => ({ ...(await commandService('subscriber', context)), controllers: [SubscriberController] }),
};
const connector: ServiceOptions = { name: 'platform-connector', build: buildPlatformConnector };
const monitor: ServiceOptions = { name: 'monitor', build: buildMonitor };
