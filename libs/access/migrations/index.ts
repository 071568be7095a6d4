import type { Migration } from '#libs/postgres';
import { CreateAccess1795200001000 } from './create-access.js';

/** In the order in which they run. */
export const accessMigrations: Migration[] = [CreateAccess1795200001000];
