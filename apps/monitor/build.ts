import { openDatabase } from '#libs/postgres';
import { startLoop, type ServiceContext, type ServiceParts } from '#libs/runtime';
import { endTimedOut, startServiceRelay } from '#libs/transactions';
import { retainOnce } from './retention.js';

const expiryMs = 1000;
const retentionMs = 600_000;

/** Brings operations to their end when nobody else does, and keeps the tables small. Several instances may run. */
export async function buildMonitor(context: ServiceContext): Promise<ServiceParts> {
  const { config, log, health } = context;
  const database = await openDatabase({
    url: config.databaseUrl,
    applicationName: 'simyard-monitor',
    poolSize: config.poolSize,
  });
  const relay = await startServiceRelay('monitor', 'stream', context);
  health.ready('postgres', async () => (await database.query('select 1')).length === 1);
  const expiry = startLoop({
    name: 'expiry',
    log,
    idleMs: expiryMs,
    runOnce: async () => {
      const ended = await database.transaction((tx) => endTimedOut(tx));
      if (ended.length > 0) log.info({ expired: ended.length }, 'operations ended by their deadline');
      return ended.length > 0;
    },
  });
  health.alive('expiry', () => expiry.moving());
  const retention = startLoop({
    name: 'retention',
    log,
    idleMs: retentionMs,
    runOnce: async (signal) => {
      log.info(await retainOnce(database, config, signal), 'retention');
      return false;
    },
  });
  return {
    close: async () => {
      await Promise.all([expiry.stop(), retention.stop(), relay.stop()]);
      await database.close();
    },
  };
}
