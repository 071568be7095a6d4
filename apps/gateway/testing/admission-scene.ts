import { randomUUID } from 'node:crypto';
import type { ApiClient } from '#libs/access';
import type { BulkAction } from '#libs/contracts';
import type { Reference } from '#libs/inventory';
import { requestScope } from '#libs/operations';
import { openDatabase, type Database } from '#libs/postgres';
import { saveInventory, subscriberRow, testDatabase } from '#libs/testing';
import type { Write } from '../commands/plan-admission.js';
import { createStart, type Start } from '../commands/start.js';

/** What admissions leave in Postgres. */
export interface Stored {
  operations: string[];
  /** operations that have a request key */
  keys: string[];
  /** operations whose command waits to be sent */
  commands: string[];
  /** `<key> <operation>` */
  locks: string[];
}

/** A database with the subscribers S-0 to S-9 of ACME-TT, and gateways that admit writes to it, without HTTP. */
export interface AdmissionScene {
  readonly database: Database;
  /** the admission of one more gateway */
  newStart(): Start;
  stored(): Promise<Stored>;
  /** Forgets all writes. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

const tables = ['operations.operation', 'operations.request_key', 'operations.lock', 'messaging.outbox'];

export const subscribers = Array.from({ length: 10 }, (_, index) => `S-${index}`);

export async function openAdmissionScene(): Promise<AdmissionScene> {
  const testDb = await testDatabase();
  const database = await openDatabase({ url: testDb.url, applicationName: 'admission-spec', poolSize: 8 });
  await saveInventory(database, { subscribers: subscribers.map((externalId) => subscriberRow(externalId)) });
  const texts = async (sql: string): Promise<string[]> =>
    (await database.query<{ text: string }>(`${sql} order by 1`)).map(({ text }) => text);
  return {
    database,
    newStart: () =>
      createStart(database, { written: () => undefined }, { operationDeadlineMs: 600_000, bulkDeadlineMs: 86_400_000 }),
    stored: async () => ({
      operations: await texts('select operation_id::text as text from operations.operation'),
      keys: await texts('select operation_id::text as text from operations.request_key'),
      commands: await texts('select id::text as text from messaging.outbox'),
      locks: await texts(`select key || ' ' || operation_id as text from operations.lock`),
    }),
    clear: () =>
      // Not truncated, which takes long for a table of many partitions.
      database.transaction(async (tx) => {
        for (const table of tables) await tx.execute(`delete from ${table}`);
      }),
    close: async () => {
      await database.close();
      await testDb.drop();
    },
  };
}

export const user = (username: string): ApiClient => ({
  clientId: `client of ${username}`,
  username,
  tenantId: 'ACME',
  accountId: 'ACME',
  businessIds: [],
  scopes: [],
});

const floLive = (client: ApiClient) => ({
  facade: 'flolive' as const,
  caller: { client, correlationId: randomUUID() },
  scope: requestScope.facade('flolive', client.clientId),
});

/** A call of floLIVE's: it locks the user's action, and the subscriber. */
export const attach = (client: ApiClient, externalId: string, key?: string): Write => ({
  ...floLive(client),
  name: 'AttachOffer',
  data: { subscriber: { externalId }, offerId: 'O-1' },
  key,
  orderKey: externalId,
});

/** One that locks the user's action, and the account. */
export const createParam = (client: ApiClient, accountId: string): Write => ({
  ...floLive(client),
  name: 'CreateExternalParam',
  data: { accountId, name: 'colour', value: 'green' },
  orderKey: accountId,
});

/** One that locks the user's bulks of the action. */
export const submitBulk = (client: ApiClient, bulkAction: BulkAction, changes: Partial<Write> = {}): Write => ({
  ...floLive(client),
  name: 'SubmitBulkJob',
  data: { action: bulkAction },
  bulkAction,
  ...changes,
});

/** A call of OCS: it locks the subscriber alone. */
export const changeStatus = (client: ApiClient, subscriber: Reference, key?: string): Write => ({
  facade: 'ocs',
  name: 'ChangeSubscriberStatus',
  data: { subscriber, state: 'Suspended' },
  caller: { client, correlationId: randomUUID() },
  scope: requestScope.ocs(client.username),
  key,
  orderKey: 'S',
});
