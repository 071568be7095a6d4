import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, KafkaContext, Payload } from '@nestjs/microservices';
import { DataSource, type EntityManager } from 'typeorm';
import { topics, type SwapEvent } from './messages.js';
import {
  BusinessTransactionEntity,
  EntityChangeEntity,
  EntityLatestEntity,
  MetricEntity,
} from './warehouse-entities.js';

/** Stores each event in a transaction of its own. */
@Controller()
export class WarehouseController {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  @EventPattern(topics.events)
  async store(@Payload() event: SwapEvent, @Ctx() context: unknown): Promise<void> {
    await this.dataSource.transaction((manager) => storeIn(manager, event, context as KafkaContext));
  }
}

async function storeIn(manager: EntityManager, event: SwapEvent, context: KafkaContext): Promise<void> {
  const { businessTransaction: header, entityType, entityId, version, operation, sequence, before, after } = event;
  const { id: businessTransactionId, tenant: tenantId, ...shown } = header;
  const { operationId, commandId, requestId, transactionId, correlationId, accountId, actor, type } = shown;
  const occurredAt = new Date(header.occurredAt);
  const latest = await manager.findOne(EntityLatestEntity, {
    where: { entityType, entityId },
    lock: { mode: 'pessimistic_write' },
  });
  if (latest && latest.version >= version) return;
  const state = { version, occurredAt, operation, businessTransactionId, tenantId, accountId, state: after };
  if (latest) await manager.update(EntityLatestEntity, { entityType, entityId }, state);
  else await manager.insert(EntityLatestEntity, { entityType, entityId, ...state });
  await manager.insert(EntityChangeEntity, {
    ...{ entityType, entityId, version, occurredAt, operation, businessTransactionId, sequence, tenantId, accountId },
    ...{ before, after, resourceType: after.type, resourceValue: after.value },
    ...{ eventId: `${businessTransactionId}-${sequence}`, kafkaTopic: context.getTopic() },
    ...{ kafkaPartition: context.getPartition(), kafkaOffset: context.getMessage().offset },
  });
  await manager.insert(BusinessTransactionEntity, {
    ...{ businessTransactionId, type, operationId, commandId, requestId, transactionId, correlationId },
    ...{
      tenantId,
      accountId,
      actor,
      occurredAt,
      entityCount: header.entityCount,
      storedCount: 1,
      storedAt: new Date(),
    },
  });
  await count(manager, event);
}

async function count(manager: EntityManager, { businessTransaction, entityType, operation }: SwapEvent): Promise<void> {
  const { tenant: tenantId, type, occurredAt } = businessTransaction;
  const hour = new Date(Math.floor(Date.parse(occurredAt) / 3_600_000) * 3_600_000);
  const metric = { tenantId, hour, type, entityType, operation };
  const increment = manager
    .createQueryBuilder()
    .update(MetricEntity)
    .set({ changes: () => 'changes + 1', transactions: () => 'transactions + 1' })
    .where(metric);
  if ((await increment.execute()).affected === 1) return;
  const none = { ...metric, changes: '0', transactions: '0' };
  await manager.createQueryBuilder().insert().into(MetricEntity).values(none).orIgnore().execute();
  await increment.execute();
}
