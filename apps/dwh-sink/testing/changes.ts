import { randomUUID } from 'node:crypto';
import { entityChangedType, toHeaders, type BusinessTransactionHeader, type EntityChanged } from '#libs/contracts';
import type { KafkaRecord } from '#libs/kafka';
import { statesAsJson, type ReceivedChange } from '../sink/received-change.js';

const topic = 'simyard.business-transactions.v1';

export type ChangeOptions = Partial<Omit<EntityChanged, 'businessTransaction'>> & {
  transaction?: Partial<BusinessTransactionHeader>;
};

/** A valid change of a new transaction; version 1 creates the entity. */
export function change({ transaction, ...options }: ChangeOptions = {}): EntityChanged {
  const version = options.version ?? 1;
  return {
    businessTransaction: {
      id: randomUUID(),
      type: 'SwapSubscriberResource',
      operationId: randomUUID(),
      commandId: randomUUID(),
      requestId: 'request-1',
      transactionId: 'transaction-1',
      correlationId: 'correlation-1',
      tenant: 'ACME',
      accountId: 'ACME-TT',
      actor: 'crm',
      occurredAt: '2026-03-10T12:34:56.789Z',
      entityCount: 1,
      ...transaction,
    },
    sequence: 1,
    entityType: 'SubscriberResource',
    entityId: 'resource-1',
    version,
    operation: version === 1 ? 'CREATED' : 'UPDATED',
    before: version === 1 ? null : { type: 'MSISDN', value: `1868555${version - 1}` },
    after: { type: 'MSISDN', value: `1868555${version}` },
    ...options,
  };
}

export function received(of: EntityChanged, offset = 0): ReceivedChange {
  const eventId = `event-${of.entityId}-${of.version}`;
  return { change: of, json: statesAsJson(of), eventId, topic, partition: 0, offset: BigInt(offset) };
}

/** `count` changes of one entity, versions from 1, a second apart, each of a transaction of its own. */
export function versions(entityId: string, count: number, from = 1): ReceivedChange[] {
  return Array.from({ length: count }, (_, index) => {
    const version = from + index;
    const occurredAt = new Date(Date.UTC(2026, 2, 10, 12, 0, version)).toISOString();
    return received(change({ entityId, version, transaction: { occurredAt } }), version);
  });
}

/** The change as the relay publishes it. */
export function recordOf(value: unknown, options: Partial<KafkaRecord> = {}): KafkaRecord {
  const envelope = { id: 'event-1', type: entityChangedType, source: '/simyard/resource-swap', tenant: 'ACME' };
  return {
    topic,
    partition: 3,
    offset: 42n,
    key: Buffer.from('subscriber-1'),
    value: Buffer.from(JSON.stringify(value)),
    headers: toHeaders({ ...envelope, actor: 'crm', correlationId: 'correlation-1' }),
    timestamp: 0,
    ...options,
  };
}
