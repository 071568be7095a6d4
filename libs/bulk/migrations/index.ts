import type { Migration } from '#libs/postgres';
import { AddHeldItems1795200045000 } from './add-held-items.js';
import { CreateBulk1795200009000 } from './create-bulk.js';

/** In the order in which they run. */
export const bulkMigrations: Migration[] = [CreateBulk1795200009000, AddHeldItems1795200045000];
