import { Controller, Inject } from '@nestjs/common';
import { ClientKafka, Ctx, EventPattern, KafkaContext, Payload } from '@nestjs/microservices';
import { createHash } from 'node:crypto';
import { lastValueFrom } from 'rxjs';
import { DataSource, QueryFailedError, type EntityManager } from 'typeorm';
import { newId } from '#libs/runtime';
import type { Swap, SwapEvent } from './messages.js';
import {
  AccountEntity,
  InboxEntity,
  LockEntity,
  OperationEntity,
  RequestKeyEntity,
  ResourceEntity,
  ResourceHistoryEntity,
  SubscriberEntity,
} from './entities.js';
import { topics } from './messages.js';

const patterns: Record<string, RegExp> = { MSISDN: /^[1-9][0-9]{4,14}$/, IMSI: /^[0-9]{14,15}$/ };

/** A transaction per message with TypeORM's entity manager; what is to be published is sent after the commit. */
@Controller()
export class SwapController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ClientKafka) private readonly events: ClientKafka,
  ) {}

  @EventPattern(topics.commands)
  async swap(@Payload() command: Swap, @Ctx() context: unknown): Promise<void> {
    const event = await this.dataSource
      .transaction((manager) => swapIn(manager, command, context as KafkaContext))
      .catch(unlessRepeated);
    if (!event) return;
    const { id, commandId, operationId } = event.businessTransaction;
    const outcome = { commandId, operationId, status: 'COMPLETED', businessTransactionId: id };
    await Promise.all([
      lastValueFrom(this.events.emit(topics.events, { key: event.after.subscriberId, value: event })),
      lastValueFrom(this.events.emit(topics.outcomes, { key: commandId, value: outcome })),
    ]);
  }
}

function unlessRepeated(error: unknown): undefined {
  const { constraint } = error instanceof QueryFailedError ? (error.driverError as { constraint?: string }) : {};
  if (constraint !== 'inbox_pkey') throw error;
}

async function swapIn(manager: EntityManager, command: Swap, context: KafkaContext): Promise<SwapEvent> {
  const { headers = {}, offset } = context.getMessage();
  const [messageId, source, tenantId, actor] = ['ce_id', 'ce_source', 'ce_tenant', 'ce_actor'].map((name) =>
    String(headers[name]),
  ) as [string, string, string, string];
  const [operationId, businessTransactionId, now] = [newId(), newId(), new Date()];
  const { requestId, transactionId, resourceType: type, swapResource, resource: wanted } = command;
  const fingerprint = createHash('sha256').update(JSON.stringify(command)).digest('hex').slice(0, 32);
  await manager.insert(InboxEntity, { tenantId, source, messageId, fingerprint, operationId, receivedAt: now });
  const key = { tenantId, scope: 'swap', key: requestId };
  await manager.insert(RequestKeyEntity, { ...key, fingerprint, operationId, createdAt: now });

  const subscriber = await manager.findOneOrFail(SubscriberEntity, {
    where: { tenantId, externalId: command.subscriber.externalId },
    lock: { mode: 'pessimistic_write' },
  });
  const { subscriberId, accountId } = subscriber;
  const account = await manager.findOneByOrFail(AccountEntity, { accountId });
  if (!account.path.includes(tenantId)) throw new Error("The subscriber is another account's.");
  if (await manager.existsBy(LockEntity, { key: `Subscriber ${subscriberId}`, level: 'entity' }))
    throw new Error('The subscriber is locked.');
  if (subscriber.state === 'Deactivated') throw new Error('The subscriber is Deactivated.');
  const old = await manager.findOneByOrFail(ResourceEntity, { type, scope: '', value: swapResource, subscriberId });
  if (!patterns[type]?.test(wanted)) throw new Error('The new resource is not valid.');
  if (await manager.existsBy(ResourceEntity, { type, scope: '', value: wanted })) throw new Error('In use.');

  const { resourceId, version, value, validFrom } = old;
  const ended = { subscriberId, resourceId, version, tenantId, type, value, validFrom };
  await manager.insert(ResourceHistoryEntity, { ...ended, validTo: now, endedBy: businessTransactionId });
  await manager.delete(ResourceEntity, { type, scope: '', value });
  const made = { type, scope: '', value: wanted, resourceId, tenantId, subscriberId, version: version + 1 };
  await manager.insert(ResourceEntity, { ...made, validFrom: now });

  const { externalId } = subscriber;
  const shown = { id: resourceId, subscriberId, subscriberExternalId: externalId, type };
  const event: SwapEvent = {
    businessTransaction: {
      ...{ id: businessTransactionId, type: 'SwapSubscriberResource', operationId, commandId: messageId },
      ...{
        requestId,
        transactionId,
        correlationId: String(headers['ce_correlationid'] ?? messageId),
        tenant: tenantId,
      },
      ...{ accountId, actor, occurredAt: now.toISOString(), entityCount: 1 },
    },
    ...{ sequence: 1, entityType: 'SubscriberResource', entityId: resourceId, version: version + 1 },
    operation: 'UPDATED',
    before: { ...shown, value, validFrom: validFrom.toISOString() },
    after: { ...shown, value: wanted, validFrom: now.toISOString() },
  };
  await manager.insert(OperationEntity, {
    ...{ operationId, tenantId, accountId, actor, facade: 'kafka', action: 'SwapSubscriberResource' },
    ...{ status: 'COMPLETED', commandId: messageId, commandSource: source },
    ...{ entityType: event.entityType, entityId: resourceId, requestId, transactionId },
    ...{ correlationId: event.businessTransaction.correlationId, businessTransactionId },
    response: JSON.stringify({ businessTransaction: { ...event.businessTransaction, entities: [event.after] } }),
    ...{ sourceTopic: context.getTopic(), sourcePartition: context.getPartition(), sourceOffset: offset },
    ...{ createdAt: now, updatedAt: now },
  });
  return event;
}
