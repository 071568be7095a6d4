import type { Migration } from '#libs/postgres';
import { AddRequestRate1795200031000 } from './add-request-rate.js';
import { CreateAccess1795200001000 } from './create-access.js';

/** In the order in which they run. */
export const accessMigrations: Migration[] = [CreateAccess1795200001000, AddRequestRate1795200031000];
