import { randomUUID } from 'node:crypto';
import { PlatformChange } from '#libs/contracts';
import { insertOperations, type OperationRow } from '#libs/operations';
import { openDatabase, type Database, type Tx } from '#libs/postgres';
import { operationRow, saveAccounts, testDatabase } from '#libs/testing';
import {
  platformSource,
  type AcceptedRequest,
  type PlatformConfig,
  type PlatformSettings,
  type Sim,
  type StoreResult,
} from '../../index.js';
import { savePlatform } from '../../save-platform.js';
import type { NewRequest } from '../request.js';
import { storeRequests } from '../store-requests.js';
import type { Answer } from '../step.js';

export const pepper = 'a pepper of at least thirty-two characters';
export const iccid = '89000000000000000001';

/** A database of a spec's own, and what it needs of it. */
export interface RequestDatabase {
  database: Database;
  /** Takes all requests away; JASPER is connected then, with room for as many as come. */
  reset(): Promise<PlatformConfig>;
  store(...requests: NewRequest[]): Promise<StoreResult>;
  /** of an operation of its own */
  storeOne(changes?: Parameters<typeof newRequest>[1]): Promise<NewRequest>;
  close(): Promise<void>;
}

export async function requestDatabase(): Promise<RequestDatabase> {
  const testDb = await testDatabase();
  const database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 10 });
  await saveAccounts(database);
  const close = async (): Promise<void> => {
    await database.close();
    await testDb.drop();
  };
  const store = (...requests: NewRequest[]) => database.transaction((tx) => storeRequests(tx, requests));
  return {
    database,
    close,
    store,
    reset: async () => {
      await database.execute('truncate platforms.request, messaging.outbox, operations.operation');
      return connect(database, 'JASPER', { queueLimit: 100_000 });
    },
    storeOne: async (changes = {}) => {
      const request = await newRequest(database, changes);
      await store(request);
      return request;
    },
  };
}

/** The platform, connected to where nobody is. */
export async function connect(
  database: Database,
  name: string,
  settings: PlatformSettings = {},
): Promise<PlatformConfig> {
  await database.transaction((tx) =>
    savePlatform(tx, pepper, name, {
      baseUrl: 'http://127.0.0.1:9',
      credential: 'its-token',
      callbackSecret: 'its-secret',
      ...settings,
    }),
  );
  const platform = (await platformSource(pepper)(database)).get(name);
  if (!platform) throw new Error(`${name} is not configured`);
  return platform;
}

/** A request as its message asks it, of an operation that is IN_PROGRESS. */
export async function newRequest(tx: Tx, changes: Partial<NewRequest & OperationRow> = {}): Promise<NewRequest> {
  const [request] = await newRequests(tx, 1, changes);
  if (!request) throw new Error('No request');
  return request;
}

export async function newRequests(
  tx: Tx,
  count: number,
  changes: Partial<NewRequest & OperationRow> = {},
): Promise<NewRequest[]> {
  const { status = 'IN_PROGRESS', deadline, ...given } = changes;
  const operations = Array.from({ length: count }, () =>
    operationRow({ action: 'ChangeSimStatus', status, ...(deadline && { deadline }) }),
  );
  await insertOperations(tx, operations);
  return operations.map(({ operationId }) => ({
    ...{
      operationId,
      tenantId: 'ACME',
      actor: 'acme-crm',
      correlationId: operationId,
      requestId: null,
      transactionId: null,
    },
    ...{ lane: 'interactive', platform: 'JASPER', iccid, subscriberId: randomUUID() },
    change: Object.assign(new PlatformChange(), { kind: 'status', status: 'ACTIVE' } as const),
    ...given,
  }));
}

export const answer = (statusCode: number, message = ''): Answer => ({
  statusCode,
  message,
  body: '{"said":"so"}',
  headers: { 'content-type': 'application/json' },
});

export const simOf = (changes: Partial<Sim> = {}): Sim => ({
  ...{ iccid, status: 'ACTIVE', account: null, customProperties: [], version: 1, changedAt: null, pending: [] },
  ...changes,
});

/** A callback for the request. */
export function callback(
  { operationId }: Pick<NewRequest, 'operationId'>,
  state: AcceptedRequest['state'],
  changes: Partial<AcceptedRequest> = {},
): AcceptedRequest {
  return {
    ...{ requestId: `platform-${operationId}`, reference: operationId, iccid, change: 'status', state },
    sequence: state === 'IN_PROGRESS' ? 1 : 2,
    sim: state === 'DONE' ? simOf() : null,
    error: state === 'FAILED' ? { code: 'CHANGE_REFUSED', message: 'No.' } : null,
    ...changes,
  };
}

export interface Sent {
  type: string;
  topic: string;
  key: string;
  headers: Record<string, string>;
  data: Record<string, unknown>;
}

/** What is in the outbox, in order. */
export async function outboxOf(tx: Tx): Promise<Sent[]> {
  const rows = await tx.query<{ type: string; topic: string; key: string; headers: string; payload: string }>(
    'select type, topic, key, headers, payload from messaging.outbox order by position',
  );
  return rows.map((row) => ({
    ...row,
    headers: JSON.parse(row.headers) as Record<string, string>,
    data: JSON.parse(row.payload) as Record<string, unknown>,
  }));
}

/** A request's row, without what a test does not look at. */
export async function rowOf(tx: Tx, operationId: string): Promise<Record<string, unknown>> {
  const [row] = await tx.query<Record<string, unknown>>(
    `select state, settled, uncertain, attempts, platform_request_id as "platformRequestId", status_code as "statusCode",
       message, due_at is not null as due, ended_at is not null as ended, give_up_at is not null as "clockRuns"
     from platforms.request where operation_id = $1`,
    [operationId],
  );
  if (!row) throw new Error('No such request');
  return row;
}

/** All that is unsettled becomes due, claims as well, as if time had passed. */
export const letTimePass = (tx: Tx): Promise<number> =>
  tx.execute('update platforms.request set due_at = clock_timestamp() where due_at is not null');
