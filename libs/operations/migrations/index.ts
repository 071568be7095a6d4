import type { Migration } from '#libs/postgres';
import { CreateLocks1795200012000 } from './create-locks.js';
import { CreateMonitors1795200041000 } from './create-monitors.js';
import { CreateOperations1795200002000 } from './create-operations.js';
import { CreateServiceMonitors1795200052000 } from './create-service-monitors.js';
import { OrderRequestKey1795200057000 } from './order-request-key.js';

/** In the order in which they run. */
export const operationsMigrations: Migration[] = [
  CreateOperations1795200002000,
  CreateLocks1795200012000,
  CreateMonitors1795200041000,
  CreateServiceMonitors1795200052000,
  OrderRequestKey1795200057000,
];
