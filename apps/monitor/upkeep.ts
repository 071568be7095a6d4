import { openDatabase } from '#libs/postgres';
import { startLoop, type ServiceContext } from '#libs/runtime';
import { endTimedOut } from '#libs/transactions';
import { retainOnce } from './retention.js';

export interface Upkeep {
  /** Ends the passes under way. */
  stop(): Promise<void>;
}

const expiryMs = 1000;
const retentionMs = 600_000;

/** Ends operations past their deadline, and keeps the tables small. */
export async function startUpkeep({ config, log, health }: ServiceContext): Promise<Upkeep> {
  const database = await openDatabase({
    url: config.databaseUrl,
    applicationName: 'simyard-monitor-upkeep',
    poolSize: 2,
  });
  const expiry = startLoop({
    name: 'expiry',
    log,
    idleMs: expiryMs,
    runOnce: async () => {
      const ended = await database.prepared.transaction((tx) => endTimedOut(tx));
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
    stop: async () => {
      await Promise.all([expiry.stop(), retention.stop()]);
      await database.close();
    },
  };
}
