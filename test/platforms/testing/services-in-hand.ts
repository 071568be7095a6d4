import { createActorDirectory } from '#libs/access';
import {
  commandTopic,
  gatewaySource,
  interactiveTopic,
  platformRequestsTopic,
  platformSource,
  commands,
  type CommandName,
  type Plain,
  type PlatformRequest,
} from '#libs/contracts';
import { resourceTypeSource } from '#libs/inventory';
import type { KafkaRecord, OutgoingMessage } from '#libs/kafka';
import { readOperation } from '#libs/operations';
import type { Database } from '#libs/postgres';
import { createLogger } from '#libs/runtime';
import { commandRecord } from '#libs/testing';
import { createCommandRunner, createRelayPass, endTimedOut } from '#libs/transactions';
import { BulkJobsController } from '../../../apps/bulk-jobs/bulk-jobs.controller.js';
import { dispatchOnce } from '../../../apps/bulk-jobs/dispatch/dispatcher.js';
import { MonitorController } from '../../../apps/monitor/monitor.controller.js';
import { SubscriberController } from '../../../apps/subscriber/subscriber.controller.js';
import { patternsOf } from '../../bulk/system.js';

/** A platform's last word on a change. */
export interface PlatformWord {
  state: 'DONE' | 'FAILED';
  statusCode: number;
  message: string;
}

/** The services behind a gateway, driven step by step; a test decides what platforms say, and when. */
export interface ServicesInHand {
  handle(record: KafkaRecord): Promise<void>;
  /** The command of an operation that the gateway has started reaches its service. */
  take(operationId: string): Promise<void>;
  /** The platform of an operation has said this. */
  answer(operationId: string, word: PlatformWord): Promise<void>;
  /** The deadline of an operation has passed. */
  expire(operationId: string): Promise<void>;
  /** A pass over bulk jobs, and the commands of the items that it sends. */
  dispatch(): Promise<void>;
}

const secretPepper = 'a pepper that is long enough for tests';

export function servicesInHand(database: Database): ServicesInHand {
  const services = {
    subscriber: new SubscriberController({ operationDeadlineMs: 600_000, secretPepper }),
    'bulk-jobs': new BulkJobsController({ bulkDeadlineMs: 600_000 }),
    monitor: new MonitorController(),
  };
  const runners = Object.entries(services).map(([service, controller]) => {
    const patterns = patternsOf(controller);
    const actors = createActorDirectory(database);
    const runner = createCommandRunner({ database, actors, source: `/simyard/${service}` });
    return { service, handle: (records: KafkaRecord[]) => runner.handle(records, (type) => patterns.get(type)) };
  });
  const handle = async (record: KafkaRecord): Promise<void> => {
    const runner = runners.find(({ service }) => record.topic.startsWith(`simyard.${service}.`));
    await runner?.handle([record]);
  };
  const relay = createRelayPass({
    ...{ database, lane: 'stream', owner: 'spec', log: createLogger('spec', 'silent') },
    producer: { send: (messages) => receive(messages, handle), close: () => Promise.resolve() },
  });
  return {
    handle,
    take: async (operationId) => handle(await commandOf(database, operationId)),
    answer: async (operationId, word) => handle(await responseOf(database, operationId, word)),
    expire: async (operationId) => {
      const past = `update operations.operation set deadline = now() - interval '1 s' where operation_id = $1`;
      await database.execute(past, [operationId]);
      await database.transaction((tx) => endTimedOut(tx));
    },
    dispatch: async () => {
      const items = { window: 2000, itemDeadlineMs: 600_000, types: resourceTypeSource() };
      await dispatchOnce(database, { ...items, source: '/simyard/bulk-jobs' });
      while ((await relay.runOnce()) > 0);
    },
  };
}

/** As the relay of the gateway sends it. */
async function commandOf(database: Database, operationId: string): Promise<KafkaRecord> {
  const operation = await readOperation(database, null, operationId);
  if (!operation) throw new Error(`no operation ${operationId}`);
  const { action, request, tenantId: tenant, actor, correlationId } = operation;
  const name = action as CommandName;
  return commandRecord(name, request, {
    topic: interactiveTopic(commands[name].service),
    envelope: { id: operationId, source: gatewaySource, tenant, actor, correlationId },
  });
}

/** As the connector keeps and sends it. */
async function responseOf(
  database: Database,
  operationId: string,
  { state, statusCode, message }: PlatformWord,
): Promise<KafkaRecord> {
  const [sim] = await database.query<Row>(requested, [operationId, state, statusCode, message]);
  if (!sim) throw new Error(`operation ${operationId} holds no SIM`);
  const { platform, iccid, subscriberId, tenantId: tenant, actor, correlationId, customProperties } = sim;
  const change = { kind: 'status', status: 'SUSPENDED' } as const;
  const asked: Plain<PlatformRequest> = { platform, iccid, subscriberId, change };
  const after = state === 'DONE' ? { status: 'SUSPENDED', customProperties } : null;
  return commandRecord(
    'RecordPlatformResponse',
    { ...asked, state, statusCode, message, sim: after },
    {
      topic: commandTopic('monitor'),
      envelope: { id: operationId, source: platformSource, tenant, actor, correlationId },
    },
  );
}

interface Row extends Plain<Omit<PlatformRequest, 'change'>> {
  tenantId: string;
  actor: string;
  correlationId: string;
  customProperties: object[];
}

const requested = `
  with sim as (
    select operation.operation_id, operation.tenant_id, operation.actor, operation.correlation_id, platform, iccid,
      sim.subscriber_id, sim.custom_properties
    from operations.operation
    join operations.lock on lock.operation_id = operation.operation_id and lock.entity_type = 'Subscriber'
    join inventory.sim on sim.subscriber_id = lock.entity_id::uuid
    where operation.operation_id = $1
  ), stored as (
    insert into platforms.request (operation_id, tenant_id, actor, correlation_id, lane, platform, iccid, subscriber_id, change,
      state, status_code, message, body, headers, created_at, updated_at, ended_at)
    select operation_id, tenant_id, actor, correlation_id, 0, platform, iccid, subscriber_id, '{}', $2, $3::int, $4,
      '{"status":"said"}', '{"content-type":"application/json"}', now(), now(), now()
    from sim
  )
  select platform, iccid, subscriber_id as "subscriberId", tenant_id as "tenantId", actor, correlation_id as "correlationId",
    custom_properties as "customProperties"
  from sim`;

/** Commands go to their service; what is for platforms waits for the test's word. */
async function receive(messages: OutgoingMessage[], handle: ServicesInHand['handle']): Promise<void> {
  const commandMessages = messages.filter(
    ({ topic }) => topic.endsWith('.commands.v1') && topic !== platformRequestsTopic,
  );
  for (const { topic, key, value, headers } of commandMessages) {
    const bytes = (text: Buffer | string | null): Buffer | null =>
      typeof text === 'string' ? Buffer.from(text) : text;
    offset += 1n;
    await handle({ topic, partition: 0, offset, key: bytes(key), value: bytes(value), headers, timestamp: Date.now() });
  }
}

let offset = 0n;
