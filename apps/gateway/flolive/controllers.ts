import { FloliveBulkController } from './bulk.controller.js';
import { FloliveCallsController } from './calls.controller.js';
import { FloliveExternalParamsController } from './external-params.controller.js';
import { FloliveSubscribersController } from './subscribers.controller.js';

/** The floLIVE facade. */
export const floliveControllers = [
  FloliveSubscribersController,
  FloliveBulkController,
  FloliveExternalParamsController,
  FloliveCallsController,
];
