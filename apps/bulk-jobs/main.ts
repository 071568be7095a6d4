import { startService } from '#libs/runtime';
import { commandService } from '#libs/transactions';
import { BulkJobsController } from './bulk-jobs.controller.js';
import { startDispatcher } from './dispatch/dispatcher.js';

await startService({
  name: 'bulk-jobs',
  build: async (context) => {
    const service = await commandService('bulk-jobs', context);
    const dispatcher = await startDispatcher(context);
    return {
      ...service,
      controllers: [BulkJobsController],
      close: async () => {
        await dispatcher.stop();
        await service.close?.();
      },
    };
  },
});
