import 'reflect-metadata';
import { Controller, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientKafka, EventPattern, Payload, Transport, type KafkaOptions } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { DataSource } from 'typeorm';
import {
  entities,
  EntityChangeEntity,
  HandledCommandEntity,
  ResourceEntity,
  ResourceHistoryEntity,
  SubscriberEntity,
} from './entities.js';

/*
 * The documented way, for comparison: Nest's own Kafka transport, a handler call per message, TypeORM repositories in a
 * transaction per message, the event sent after the commit; a second handler stores the events. Partitions are consumed
 * concurrently and the pool is as large as the product's.
 */
const commandsTopic = 'nest-way.commands';
const eventsTopic = 'nest-way.events';
const [brokers = '', databaseUrl = ''] = process.argv.slice(2);

const client = { clientId: 'nest-way', brokers: brokers.split(',') };
const kafka: KafkaOptions = {
  transport: Transport.KAFKA,
  options: {
    client,
    consumer: { groupId: 'nest-way' },
    subscribe: { fromBeginning: true },
    run: { partitionsConsumedConcurrently: 12 },
  },
};

interface Swap {
  commandId: string;
  externalId: string;
  swapResource: string;
  resource: string;
}

@Controller()
class SwapController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ClientKafka) private readonly events: ClientKafka,
  ) {}

  @EventPattern(commandsTopic)
  async swap(@Payload() command: Swap): Promise<void> {
    const change = await this.dataSource.transaction(async (manager) => {
      if (await manager.findOneBy(HandledCommandEntity, { commandId: command.commandId })) return undefined;
      const subscriber = await manager.findOneOrFail(SubscriberEntity, {
        where: { externalId: command.externalId },
        lock: { mode: 'pessimistic_write' },
      });
      const old = { type: 'MSISDN', value: command.swapResource };
      const resource = await manager.findOneByOrFail(ResourceEntity, { ...old, subscriberId: subscriber.id });
      if (subscriber.state === 'Deactivated') throw new Error('The subscriber is Deactivated.');
      if (await manager.existsBy(ResourceEntity, { ...old, value: command.resource })) throw new Error('In use.');
      const now = new Date();
      const { value, version, validFrom } = resource;
      await manager.insert(ResourceHistoryEntity, { resourceId: resource.id, version, value, validFrom, validTo: now });
      Object.assign(resource, { value: command.resource, version: version + 1, validFrom: now });
      await manager.save(resource);
      const made = {
        entityId: resource.id,
        version: version + 1,
        before: { value },
        after: { value: command.resource },
      };
      await manager.insert(HandledCommandEntity, { commandId: command.commandId, status: 'COMPLETED', response: made });
      return made;
    });
    if (change) await lastValueFrom(this.events.emit(eventsTopic, { key: change.entityId, value: change }));
  }

  @EventPattern(eventsTopic)
  async store(@Payload() change: { entityId: string; version: number }): Promise<void> {
    await this.dataSource.getRepository(EntityChangeEntity).save({ ...change, change });
  }
}

@Module({
  controllers: [SwapController],
  providers: [
    {
      provide: DataSource,
      useFactory: () => new DataSource({ type: 'postgres', url: databaseUrl, entities, poolSize: 10 }).initialize(),
    },
    { provide: ClientKafka, useFactory: () => new ClientKafka({ client, producerOnlyMode: true }) },
  ],
})
class NestWayModule {}

// eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest's options are a class in name only
const app = await NestFactory.createMicroservice<KafkaOptions>(NestWayModule, { ...kafka, logger: ['error', 'fatal'] });
process.once('SIGTERM', () => void app.close().then(() => process.exit(0)));
await app.listen();
console.log('"service is up"');
