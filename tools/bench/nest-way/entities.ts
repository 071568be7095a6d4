import { Column, DefaultNamingStrategy, Entity, PrimaryColumn } from 'typeorm';

/** The product's own tables, as far as a swap reads or writes them, as entities of a team that follows TypeORM's documentation. */
export class ColumnsInSnakeCase extends DefaultNamingStrategy {
  override columnName(property: string): string {
    return property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  }
}

@Entity({ schema: 'inventory', name: 'account' })
export class AccountEntity {
  @PrimaryColumn('text')
  accountId: string;

  @Column('text', { array: true })
  path: string[];
}

@Entity({ schema: 'inventory', name: 'subscriber' })
export class SubscriberEntity {
  @PrimaryColumn('uuid')
  subscriberId: string;

  @Column('text')
  tenantId: string;

  @Column('text')
  accountId: string;

  @Column('text')
  externalId: string;

  @Column('text')
  state: string;
}

@Entity({ schema: 'inventory', name: 'resource' })
export class ResourceEntity {
  @PrimaryColumn('text')
  type: string;

  @PrimaryColumn('text')
  scope: string;

  @PrimaryColumn('text')
  value: string;

  @Column('uuid')
  resourceId: string;

  @Column('text')
  tenantId: string;

  @Column('uuid')
  subscriberId: string;

  @Column('integer')
  version: number;

  @Column('timestamptz')
  validFrom: Date;
}

@Entity({ schema: 'inventory', name: 'resource_history' })
export class ResourceHistoryEntity {
  @PrimaryColumn('uuid')
  subscriberId: string;

  @PrimaryColumn('uuid')
  resourceId: string;

  @PrimaryColumn('integer')
  version: number;

  @Column('text')
  tenantId: string;

  @Column('text')
  type: string;

  @Column('text')
  value: string;

  @Column('timestamptz')
  validFrom: Date;

  @Column('timestamptz')
  validTo: Date;

  @Column('uuid')
  endedBy: string;
}

@Entity({ schema: 'operations', name: 'lock' })
export class LockEntity {
  @PrimaryColumn('text')
  key: string;

  @PrimaryColumn('text')
  level: string;

  @PrimaryColumn('text')
  tenantId: string;
}

/** Handled messages: the key keeps a redelivery from being applied twice. */
@Entity({ schema: 'messaging', name: 'inbox' })
export class InboxEntity {
  @PrimaryColumn('text')
  tenantId: string;

  @PrimaryColumn('text')
  source: string;

  @PrimaryColumn('text')
  messageId: string;

  @Column('uuid')
  fingerprint: string;

  @Column('uuid')
  operationId: string;

  @Column('timestamptz')
  receivedAt: Date;
}

@Entity({ schema: 'operations', name: 'request_key' })
export class RequestKeyEntity {
  @PrimaryColumn('text')
  tenantId: string;

  @PrimaryColumn('text')
  scope: string;

  @PrimaryColumn('text')
  key: string;

  @Column('uuid')
  fingerprint: string;

  @Column('uuid')
  operationId: string;

  @Column('timestamptz')
  createdAt: Date;
}

@Entity({ schema: 'operations', name: 'operation' })
export class OperationEntity {
  @PrimaryColumn('uuid')
  operationId: string;

  @Column('text')
  tenantId: string;

  @Column('text')
  accountId: string;

  @Column('text')
  actor: string;

  @Column('text')
  facade: string;

  @Column('text')
  action: string;

  @Column('text')
  status: string;

  @Column('text')
  commandId: string;

  @Column('text')
  commandSource: string;

  @Column('text')
  entityType: string;

  @Column('text')
  entityId: string;

  @Column('text')
  requestId: string;

  @Column('text')
  transactionId: string;

  @Column('text')
  correlationId: string;

  @Column('uuid')
  businessTransactionId: string;

  @Column('text')
  response: string;

  @Column('text')
  sourceTopic: string;

  @Column('integer')
  sourcePartition: number;

  @Column('bigint')
  sourceOffset: string;

  @Column('timestamptz')
  createdAt: Date;

  @Column('timestamptz')
  updatedAt: Date;
}
