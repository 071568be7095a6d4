import type { Migration } from '#libs/postgres';
import { CreateDwh1795200004000 } from './create-dwh.js';
import { OrderEntityKeys1795200059000 } from './order-entity-keys.js';

/** In the order in which they run, in the warehouse's database. */
export const dwhMigrations: Migration[] = [CreateDwh1795200004000, OrderEntityKeys1795200059000];

/** Kept apart from the main database's: both may be the same database. */
export const dwhMigrationTable = 'dwh_migration';
