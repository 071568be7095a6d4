import type { Migration } from '#libs/postgres';
import { CreateBulk1795200009000 } from './create-bulk.js';

/** In the order in which they run. */
export const bulkMigrations: Migration[] = [CreateBulk1795200009000];
