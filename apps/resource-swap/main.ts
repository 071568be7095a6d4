import { startService } from '#libs/runtime';
import { commandService } from '#libs/transactions';
import { ResourceSwapController } from './resource-swap.controller.js';

await startService({
  name: 'resource-swap',
  build: async (context) => ({
    ...(await commandService('resource-swap', context)),
    controllers: [ResourceSwapController],
  }),
});
