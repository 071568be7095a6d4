import type { Migration } from '#libs/postgres';
import { CreateInventory1795200000000 } from './create-inventory.js';

/** In the order in which they run. */
export const inventoryMigrations: Migration[] = [CreateInventory1795200000000];
