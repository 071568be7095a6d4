import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientKafka, Transport, type KafkaOptions } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import * as entities from './entities.js';
import { SwapController } from './swap.controller.js';
import { WarehouseController } from './warehouse.controller.js';
import * as warehouseEntities from './warehouse-entities.js';

/*
 * The documented way, for comparison: the same swap, in the same tables, with Nest's own Kafka transport, a handler call
 * per message, TypeORM in a transaction per message, events sent after the commit. Partitions are consumed concurrently and
 * the pool is as large as the product's. It goes without an outbox, so what is not sent before a crash is lost.
 */
const [part = '', brokers = '', databaseUrl = ''] = process.argv.slice(2);

const { ColumnsInSnakeCase, ...mainEntities } = entities;
const client = { clientId: `nest-way-${part}`, brokers: brokers.split(',') };
const kafka: KafkaOptions = {
  transport: Transport.KAFKA,
  options: {
    client,
    consumer: { groupId: `nest-way-${part}` },
    subscribe: { fromBeginning: true },
    run: { partitionsConsumedConcurrently: 12 },
  },
};

@Module({
  controllers: [part === 'swap' ? SwapController : WarehouseController],
  providers: [
    {
      provide: DataSource,
      useFactory: () =>
        new DataSource({
          ...{ type: 'postgres', url: databaseUrl, poolSize: 10, namingStrategy: new ColumnsInSnakeCase() },
          entities: [...Object.values(mainEntities), ...Object.values(warehouseEntities)],
        }).initialize(),
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
