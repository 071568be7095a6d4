import { accessMigrations } from '#libs/access';
import { bulkMigrations } from '#libs/bulk';
import { callbacksMigrations } from '#libs/callbacks';
import { inventoryMigrations } from '#libs/inventory';
import { operationsMigrations } from '#libs/operations';
import { platformsMigrations } from '#libs/platforms';
import type { Migration } from '#libs/postgres';
import { messagingMigrations } from '#libs/transactions';

/** Migrations of the main database in order; the warehouse has its own (apps/dwh-sink). */
export const mainMigrations: Migration[] = [
  ...inventoryMigrations,
  ...accessMigrations,
  ...operationsMigrations,
  ...messagingMigrations,
  ...platformsMigrations,
  ...bulkMigrations,
  ...callbacksMigrations,
];
