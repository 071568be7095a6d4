import type { ServiceContext, ServiceParts } from '#libs/runtime';
import { commandService } from '#libs/transactions';
import { startCallbacks } from './callbacks/start-callbacks.js';
import { MonitorController } from './monitor.controller.js';
import { startUpkeep } from './upkeep.js';

/** Brings operations to their end: as platforms have answered, or when nobody else does. Several instances may run. */
export async function buildMonitor(context: ServiceContext): Promise<ServiceParts> {
  const service = await commandService('monitor', context);
  const upkeep = await startUpkeep(context);
  const callbacks = await startCallbacks(context);
  return {
    ...service,
    controllers: [MonitorController],
    close: async () => {
      await Promise.all([upkeep.stop(), callbacks.stop()]);
      await service.close?.();
    },
  };
}
