import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateInventory1795200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statements of [subscribers, resourceTypes, resources]) await runner.query(statements);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('Migrations are forward-only.'));
  }
}

const subscribers = `
  create schema inventory;

  create table inventory.account (
    account_id text primary key,
    tenant_id  text not null,
    parent_id  text references inventory.account,
    name       text not null,
    -- ids from the root to the account itself
    path       text[] not null,
    created_at timestamptz not null default clock_timestamp(),
    check (path[1] = tenant_id and path[cardinality(path)] = account_id)
  );
  create index account_path on inventory.account using gin (path);

  create table inventory.subscriber (
    subscriber_id uuid primary key,
    tenant_id     text not null,
    account_id    text not null,
    external_id   text not null,
    state         text not null check (state in ('Active', 'Suspended', 'Inactive', 'Deactivated')),
    platform      text,
    version       integer not null,
    created_at    timestamptz not null,
    changed_at    timestamptz not null,
    unique (tenant_id, external_id)
  );
  create index subscriber_account on inventory.subscriber (account_id);

  create table inventory.sim (
    iccid         text primary key,
    tenant_id     text not null,
    account_id    text not null,
    subscriber_id uuid unique,
    imsi          text,
    platform      text,
    status        text not null check (status in ('ACTIVE', 'INACTIVE', 'SUSPENDED', 'TERMINATED')),
    version       integer not null,
    changed_at    timestamptz not null
  );
`;

const resourceTypes = `
  -- Resource types are data: a new one is a row, read by running services within 5 s. uniqueness of a type in use
  -- must stay, since scopes of its resources were made from it.
  create table inventory.resource_type (
    type        text primary key,
    uniqueness  text not null check (uniqueness in ('global', 'tenant')),
    -- steps that bring a value to its normal form, in order
    normal_form text[] not null check (normal_form <@ array[
      'trim', 'unicode-compose', 'lower-case', 'strip-separators', 'strip-international-prefix']),
    -- JavaScript regular expression (flag u) that the normal form must match as a whole
    pattern     text not null
  );
  insert into inventory.resource_type (type, uniqueness, normal_form, pattern) values
    ('MSISDN', 'global', '{trim,strip-separators,strip-international-prefix}', '[1-9][0-9]{4,14}'),
    ('IMSI', 'global', '{trim,strip-separators}', '[0-9]{14,15}'),
    ('USERNAME', 'tenant', '{trim,unicode-compose,lower-case}', '[^\\s\\p{C}]{1,128}'),
    ('EMAIL', 'tenant', '{trim,unicode-compose,lower-case}',
      '(?=.{3,254}$)[^\\s\\p{C}@]+@[^\\s\\p{C}@.]+([.][^\\s\\p{C}@.]+)+');
`;

const resources = `
  -- Current assignments only. scope is '' for types unique everywhere, else the tenant. A row is written only by who
  -- has locked its subscriber's row, so it needs no lock of its own.
  create table inventory.resource (
    type          text not null,
    scope         text not null,
    value         text not null,
    resource_id   uuid not null,
    tenant_id     text not null,
    subscriber_id uuid not null,
    version       integer not null,
    valid_from    timestamptz not null,
    primary key (type, scope, value)
  ) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
  create index resource_subscriber on inventory.resource (subscriber_id);

  -- Values that have ended; append-only.
  create table inventory.resource_history (
    subscriber_id uuid not null,
    resource_id   uuid not null,
    version       integer not null,
    tenant_id     text not null,
    type          text not null,
    value         text not null,
    valid_from    timestamptz not null,
    valid_to      timestamptz not null,
    ended_by      uuid not null,
    primary key (subscriber_id, resource_id, version)
  );
`;
