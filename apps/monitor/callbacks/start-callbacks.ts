import { createUrlGuard, resolveByDns, type ClaimedDelivery } from '#libs/callbacks';
import { monitorBody, readMonitors } from '#libs/monitors';
import { createSeal } from '#libs/platforms';
import { openDatabase, type Tx } from '#libs/postgres';
import { startLoop, type ServiceContext } from '#libs/runtime';
import { changedService, changedServiceBody, readServiceMonitors, serviceMonitorBody } from '#libs/services';
import { createCallbackClient } from './callback-client.js';
import { createDeliverer } from './deliverer.js';
import { createSweeper } from './sweeper.js';

const sweepMs = 250;
const deliveryMs = 500;
/** beyond the time that an attempt may take: what a process needs to record it */
const leaseBeyondMs = 30_000;
const limits = { all: 256, perHost: 8 };

/** Tells callers of the ends of their operations. Several instances share the work. Ends the attempts under way when stopped. */
export async function startCallbacks({ config, log, health }: ServiceContext): Promise<{ stop(): Promise<void> }> {
  const guard = createUrlGuard(config.callbackAllow);
  const applicationName = 'simyard-monitor-callbacks';
  const database = await openDatabase({ url: config.databaseUrl, applicationName, poolSize: 2 });
  const client = createCallbackClient(guard, resolveByDns, config.callbackTimeoutMs);
  const deliverer = createDeliverer({
    ...{ database: database.prepared, client, log, limits },
    seal: createSeal(config.secretPepper),
    render: (deliveries) => renderMonitors(database, deliveries),
    policy: { attempts: config.callbackAttempts, backoffMs: config.callbackBackoffMs },
    leaseMs: config.callbackTimeoutMs + leaseBeyondMs,
    wake: () => {
      deliveries.wake();
    },
  });
  const deliveries = startLoop({
    name: 'callbacks',
    log,
    idleMs: deliveryMs,
    runOnce: async () => (await deliverer.runOnce()) > 0,
  });
  const sweepOnce = createSweeper(database.prepared);
  const sweep = startLoop({
    name: 'callback sweep',
    log,
    idleMs: sweepMs,
    runOnce: async () => {
      const { due, more } = await sweepOnce();
      if (due > 0) deliveries.wake();
      return more;
    },
  });
  health.alive('callbacks', () => deliveries.moving() && sweep.moving());
  return {
    stop: async () => {
      await Promise.all([sweep.stop(), deliveries.stop()]);
      await deliverer.finish();
      await client.close();
      await database.close();
    },
  };
}

/** What events tell of, by delivery, each as its facade words it. */
async function renderMonitors(database: Tx, deliveries: ClaimedDelivery[]): Promise<Map<string, unknown>> {
  const { cmo = [], tmf640 = [] } = Object.groupBy(deliveries, ({ facade }) => facade);
  return new Map([...(await renderProducts(database, cmo)), ...(await renderServices(database, tmf640))]);
}

type Rendered = (readonly [deliveryId: string, content: unknown])[];

async function renderServices(database: Tx, deliveries: ClaimedDelivery[]): Promise<Rendered> {
  if (deliveries.length === 0) return [];
  const monitors = await readServiceMonitors(database, [...new Set(deliveries.map(({ operationId }) => operationId))]);
  return deliveries.flatMap(({ deliveryId, operationId, facadeUrl, eventType }): Rendered => {
    const monitor = monitors.get(operationId);
    if (!monitor) return [];
    if (eventType === 'MonitorStateChangeEvent') return [[deliveryId, serviceMonitorBody(monitor, facadeUrl)]];
    const changed = changedService(monitor.response);
    return changed ? [[deliveryId, changedServiceBody(changed, facadeUrl)]] : [];
  });
}

async function renderProducts(database: Tx, deliveries: ClaimedDelivery[]): Promise<Rendered> {
  if (deliveries.length === 0) return [];
  const monitors = await readMonitors(database, [...new Set(deliveries.map(({ operationId }) => operationId))]);
  return deliveries.flatMap(({ deliveryId, operationId, facadeUrl }) => {
    const monitor = monitors.get(operationId);
    return monitor ? [[deliveryId, monitorBody(monitor, facadeUrl)] as const] : [];
  });
}
