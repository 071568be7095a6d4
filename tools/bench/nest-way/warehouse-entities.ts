import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ schema: 'dwh', name: 'business_transaction' })
export class BusinessTransactionEntity {
  @PrimaryColumn('uuid')
  businessTransactionId: string;

  @Column('text')
  type: string;

  @Column('uuid')
  operationId: string;

  @Column('text')
  commandId: string;

  @Column('text')
  requestId: string;

  @Column('text')
  transactionId: string;

  @Column('text')
  correlationId: string;

  @Column('text')
  tenantId: string;

  @Column('text')
  accountId: string;

  @Column('text')
  actor: string;

  @Column('timestamptz')
  occurredAt: Date;

  @Column('integer')
  entityCount: number;

  @Column('integer')
  storedCount: number;

  @Column('timestamptz')
  storedAt: Date;
}

@Entity({ schema: 'dwh', name: 'entity_change' })
export class EntityChangeEntity {
  @PrimaryColumn('text')
  entityType: string;

  @PrimaryColumn('text')
  entityId: string;

  @PrimaryColumn('integer')
  version: number;

  @PrimaryColumn('timestamptz')
  occurredAt: Date;

  @Column('text')
  operation: string;

  @Column('uuid')
  businessTransactionId: string;

  @Column('integer')
  sequence: number;

  @Column('text')
  tenantId: string;

  @Column('text')
  accountId: string;

  @Column('json')
  before: object;

  @Column('json')
  after: object;

  @Column('text')
  resourceType: string;

  @Column('text')
  resourceValue: string;

  @Column('text')
  eventId: string;

  @Column('text')
  kafkaTopic: string;

  @Column('integer')
  kafkaPartition: number;

  @Column('bigint')
  kafkaOffset: string;
}

@Entity({ schema: 'dwh', name: 'entity_latest' })
export class EntityLatestEntity {
  @PrimaryColumn('text')
  entityType: string;

  @PrimaryColumn('text')
  entityId: string;

  @Column('integer')
  version: number;

  @Column('timestamptz')
  occurredAt: Date;

  @Column('text')
  operation: string;

  @Column('uuid')
  businessTransactionId: string;

  @Column('text')
  tenantId: string;

  @Column('text')
  accountId: string;

  @Column('json')
  state: object;
}

@Entity({ schema: 'dwh', name: 'metric_hourly' })
export class MetricEntity {
  @PrimaryColumn('text')
  tenantId: string;

  @PrimaryColumn('timestamptz')
  hour: Date;

  @PrimaryColumn('text')
  type: string;

  @PrimaryColumn('text')
  entityType: string;

  @PrimaryColumn('text')
  operation: string;

  @Column('bigint')
  changes: string;

  @Column('bigint')
  transactions: string;
}
