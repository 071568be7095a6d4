import { randomUUID } from 'node:crypto';
import { actorKey } from '#libs/access';
import {
  businessTransactionsTopic,
  commandOutcomesTopic,
  commandTopic,
  commandType,
  platformSource,
  type CommandOutcome,
  type EntityChanged,
  type Envelope,
  type Plain,
  type PlatformChange,
} from '#libs/contracts';
import type { CallHandler, KafkaRecord } from '#libs/kafka';
import { wantedLocks } from '#libs/locks';
import { insertOperations, readOperation, type Operation, type OperationRow } from '#libs/operations';
import { openDatabase, type Database } from '#libs/postgres';
import { acme, commandRecord, lockingOf, operationRow, subscriberId, testDatabase } from '#libs/testing';
import { createCommandRunner, takeLocks, type Command, type Decision, type HandlerContext } from '#libs/transactions';
import { MonitorController } from '../monitor.controller.js';

export const iccid = '89014103211118510720';

type Handle = (commands: Command<never>[], context: HandlerContext) => Promise<Decision[]>;

/** The service's handlers by command type, as its strategy finds them. */
export function monitorHandlers(): CallHandler {
  const controller = new MonitorController();
  const byType = new Map<string, Handle>([
    [commandType('RecordPlatformResponse'), (...given) => controller.recordPlatformResponse(...given)],
    [commandType('RecordSimState'), (...given) => controller.recordSimState(...given)],
  ]);
  return (type) => {
    const handle = byType.get(type);
    return handle && ((data, context) => handle(data as Command<never>[], context as HandlerContext));
  };
}

/** A change that was asked of a platform, and how its request stands. */
export interface Begun {
  row: OperationRow;
  change: Plain<PlatformChange>;
}

export interface MonitorSystem {
  database: Database;
  handle: (...records: KafkaRecord[]) => Promise<void>;
  /** An operation in progress that holds SUB-1 and whose platform has ended the request so. */
  begin: (change: Plain<PlatformChange>, options?: Beginning) => Promise<Begun>;
  outcomes: () => Promise<CommandOutcome[]>;
  changes: () => Promise<EntityChanged[]>;
  operation: (begun: Begun) => Promise<Operation | undefined>;
  /** how the request of an operation stands */
  settled: (begun: Begun) => Promise<boolean | undefined>;
  /** ids of the operations that hold a subscriber */
  holders: () => Promise<string[]>;
  /** the SIM and its subscriber, as they are */
  sim: () => Promise<unknown>;
  empty: () => Promise<void>;
  close: () => Promise<void>;
}

export interface Beginning {
  action?: string;
  externalId?: string;
  /** a SIM of SUB-1, unless told */
  iccid?: string;
  row?: Partial<OperationRow>;
  uncertain?: boolean;
}

/** The monitor's handlers behind the runner, without broker, on a database of their own. */
export async function startMonitorSystem(): Promise<MonitorSystem> {
  const testDb = await testDatabase();
  const database = await openDatabase({ url: testDb.url, applicationName: 'monitor-spec', poolSize: 6 });
  const runner = createCommandRunner({
    database,
    actors: { resolve: () => Promise.resolve(new Map([[actorKey('ACME', 'acme-crm'), acme]])) },
    source: '/simyard/monitor',
  });
  const handlers = monitorHandlers();
  return {
    database,
    handle: (...records) => runner.handle(records, handlers),
    begin: (change, options = {}) => begin(database, change, options),
    outcomes: () => published(database, commandOutcomesTopic),
    changes: () => published(database, businessTransactionsTopic),
    operation: ({ row }) => readOperation(database, null, row.operationId),
    settled: async ({ row }) =>
      (
        await database.query<{ settled: boolean }>('select settled from platforms.request where operation_id = $1', [
          row.operationId,
        ])
      )[0]?.settled,
    holders: async () =>
      (await database.query<{ id: string }>('select operation_id as id from operations.lock')).map(({ id }) => id),
    sim: async () => (await database.query(simOfSubscriber))[0],
    empty: () => empty(database),
    close: async () => {
      await database.close();
      await testDb.drop();
    },
  };
}

const simOfSubscriber = `
  select status, state, sim.account_id as "accountId", subscriber.account_id as owner, custom_properties as "customProperties",
    sim.version, subscriber.version as "ofSubscriber"
  from inventory.sim join inventory.subscriber using (subscriber_id) where external_id = 'SUB-1'`;

async function empty(database: Database): Promise<void> {
  await database.execute(
    `truncate inventory.subscriber, inventory.sim, inventory.account, operations.operation, operations.lock,
       operations.request_key, messaging.inbox, messaging.outbox, platforms.request cascade`,
  );
}

async function published<Value>(database: Database, topic: string): Promise<Value[]> {
  const rows = await database.query<{ payload: string }>(
    'select payload from messaging.outbox where topic = $1 order by position',
    [topic],
  );
  return rows.map(({ payload }) => JSON.parse(payload) as Value);
}

/** As the gateway, subscriber and the connector leave it when the platform has answered. */
function begin(database: Database, change: Plain<PlatformChange>, options: Beginning): Promise<Begun> {
  const { action = 'ChangeSimStatus', externalId = 'SUB-1', uncertain = false } = options;
  const commandId = randomUUID();
  const row = operationRow({ action, status: 'IN_PROGRESS', commandId, ...options.row });
  const entity = { type: 'Subscriber', id: subscriberId(externalId) } as const;
  return database.transaction(async (tx) => {
    await insertOperations(tx, [row]);
    await takeLocks(tx, wantedLocks({ userAction: 'none', entity: 'Subscriber' }, lockingOf(row), entity));
    await tx.execute(
      `insert into platforms.request (operation_id, tenant_id, actor, correlation_id, lane, platform, iccid, subscriber_id,
         change, state, uncertain, created_at, updated_at, ended_at)
       values ($1, 'ACME', 'acme-crm', 'c', 1, 'JASPER', $2, $3, $4, $5, $6, now(), now(), now())`,
      [
        ...[row.operationId, options.iccid ?? iccid, entity.id, JSON.stringify(change)],
        ...[uncertain ? 'FAILED' : 'DONE', uncertain],
      ],
    );
    return { row, change };
  });
}

const aboutSim = { platform: 'JASPER', iccid, subscriberId: subscriberId('SUB-1') };

/** The connector's word that a change is DONE, unless told otherwise. */
export function responseTo({ row, change }: Begun, data: object = {}, envelope: Partial<Envelope> = {}): KafkaRecord {
  const done = { ...aboutSim, change, state: 'DONE', statusCode: 200, message: '' };
  return commandRecord(
    'RecordPlatformResponse',
    { ...done, ...data },
    {
      topic: commandTopic('monitor'),
      envelope: { id: row.operationId, source: platformSource, ...envelope },
    },
  );
}

/** The connector's word that the platform has the SIM so. */
export function simState({ row }: Begun, sim: object, askedAt = new Date()): KafkaRecord {
  const told = { status: 'ACTIVE', customProperties: [], ...sim };
  return commandRecord(
    'RecordSimState',
    { ...aboutSim, operationId: row.operationId, sim: told },
    {
      topic: commandTopic('monitor'),
      envelope: { source: '/simyard/reconciliation', time: askedAt.toISOString() },
    },
  );
}
