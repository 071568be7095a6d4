import { openDatabase } from '#libs/postgres';
import type { ServiceContext, ServiceParts } from '#libs/runtime';
import { startServiceRelay } from '#libs/transactions';

/** Calls the platforms. Several instances may run: a request is claimed by one of them at a time. */
export async function buildPlatformConnector(context: ServiceContext): Promise<ServiceParts> {
  const { config, health } = context;
  const database = await openDatabase({
    url: config.databaseUrl,
    applicationName: 'simyard-platform-connector',
    poolSize: config.poolSize,
  });
  const relays = await Promise.all([
    startServiceRelay('platform-connector', 'interactive', context),
    startServiceRelay('platform-connector', 'stream', context),
  ]);
  health.ready('postgres', async () => (await database.query('select 1')).length === 1);
  return {
    close: async () => {
      await Promise.all(relays.map((relay) => relay.stop()));
      await database.close();
    },
  };
}
