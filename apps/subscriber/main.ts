import { startService } from '#libs/runtime';
import { commandService } from '#libs/transactions';
import { SubscriberController } from './subscriber.controller.js';

await startService({
  name: 'subscriber',
  build: async (context) => ({ ...(await commandService('subscriber', context)), controllers: [SubscriberController] }),
});
