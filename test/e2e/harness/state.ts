import type { EntityChanged } from '#libs/contracts';
import type { Database } from '#libs/postgres';

/** A resource that is in use, as the inventory's table has it. */
export interface StoredResource {
  resourceId: string;
  subscriberId: string;
  version: number;
  value: string;
}

export interface StoredOperation {
  commandId: string;
  operationId: string;
  status: string;
}

export interface StoredChange {
  eventId: string;
  entityType: string;
  entityId: string;
  version: number;
  operation: string;
  businessTransactionId: string;
  sequence: number;
  before: EntityChanged['before'];
  after: EntityChanged['after'];
  partition: number;
  /** bigint */
  offset: string;
}

export interface StoredLatest {
  entityType: string;
  entityId: string;
  version: number;
  state: EntityChanged['after'];
}

export const readResources = (database: Database): Promise<StoredResource[]> =>
  database.query(
    `select resource_id as "resourceId", subscriber_id as "subscriberId", version, value from inventory.resource`,
  );

export const readOperations = (database: Database): Promise<StoredOperation[]> =>
  database.query(`select command_id as "commandId", operation_id as "operationId", status from operations.operation`);

export const readWarehouse = (database: Database): Promise<StoredChange[]> =>
  database.query(
    `select event_id as "eventId", entity_type as "entityType", entity_id as "entityId", version, operation,
       business_transaction_id as "businessTransactionId", sequence, before, after,
       kafka_partition as partition, kafka_offset as offset
     from dwh.entity_change`,
  );

export const readLatest = (database: Database): Promise<StoredLatest[]> =>
  database.query(`select entity_type as "entityType", entity_id as "entityId", version, state from dwh.entity_latest`);

export async function countRows(database: Database, table: string): Promise<number> {
  const [row] = await database.query<{ rows: number }>(`select count(*)::int as rows from ${table}`);
  return row?.rows ?? 0;
}

/** Transactions that Postgres has ended to break a deadlock, in this database. */
export async function countDeadlocks(database: Database): Promise<number> {
  const [row] = await database.query<{ deadlocks: number }>(
    'select deadlocks::int from pg_stat_database where datname = current_database()',
  );
  return row?.deadlocks ?? 0;
}

/** Sessions of this database that wait for a lock now. */
export async function countLockWaits(database: Database): Promise<number> {
  const waiting = await database.query(
    `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return waiting.length;
}
