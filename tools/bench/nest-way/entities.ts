import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The tables of the comparison: what a team would write that follows Nest's and TypeORM's documentation. */
@Entity({ schema: 'nest_way', name: 'subscriber' })
export class SubscriberEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Index({ unique: true })
  @Column('text')
  externalId: string;

  @Column('text')
  state: string;
}

@Entity({ schema: 'nest_way', name: 'resource' })
@Index(['type', 'value'], { unique: true })
export class ResourceEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Index()
  @Column('uuid')
  subscriberId: string;

  @Column('text')
  type: string;

  @Column('text')
  value: string;

  @Column('integer')
  version: number;

  @Column('timestamptz')
  validFrom: Date;
}

@Entity({ schema: 'nest_way', name: 'resource_history' })
export class ResourceHistoryEntity {
  @PrimaryColumn('uuid')
  resourceId: string;

  @PrimaryColumn('integer')
  version: number;

  @Column('text')
  value: string;

  @Column('timestamptz')
  validFrom: Date;

  @Column('timestamptz')
  validTo: Date;
}

/** Handled commands, with their outcome: the unique key keeps a redelivery from being applied twice. */
@Entity({ schema: 'nest_way', name: 'handled_command' })
export class HandledCommandEntity {
  @PrimaryColumn('text')
  commandId: string;

  @Column('text')
  status: string;

  @Column('json')
  response: object;
}

@Entity({ schema: 'nest_way', name: 'entity_change' })
export class EntityChangeEntity {
  @PrimaryColumn('uuid')
  entityId: string;

  @PrimaryColumn('integer')
  version: number;

  @Column('json')
  change: object;
}

export const entities = [
  SubscriberEntity,
  ResourceEntity,
  ResourceHistoryEntity,
  HandledCommandEntity,
  EntityChangeEntity,
];
