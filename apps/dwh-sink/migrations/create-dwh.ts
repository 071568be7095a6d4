import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateDwh1795200004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    await runner.query(monthFunction);
    await runner.query(`
      select dwh.ensure_month(month::date)
      from generate_series(date_trunc('month', now() at time zone 'UTC'),
                           date_trunc('month', now() at time zone 'UTC') + interval '2 months',
                           interval '1 month') as month`);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('Migrations are forward-only.'));
  }
}

/** Identifiers compare by bytes (collate "C"): cheaper in every index, and the same on every server. */
const tables = `
  create schema dwh;

  create table dwh.business_transaction (
    business_transaction_id uuid primary key,
    type           text not null,
    operation_id   uuid not null,
    command_id     text not null,
    request_id     text,
    transaction_id text,
    correlation_id text collate "C" not null,
    tenant_id      text collate "C" not null,
    -- account of the change that came first; each change has its own
    account_id     text collate "C" not null,
    actor          text not null,
    occurred_at    timestamptz not null,
    entity_count   integer not null,
    -- changes of it in entity_change
    stored_count   integer not null,
    stored_at      timestamptz not null
  );
  create index business_transaction_correlation on dwh.business_transaction (correlation_id);
  -- Holds almost nothing: a transaction whose changes come in one batch is complete when it is inserted.
  create index business_transaction_incomplete on dwh.business_transaction (stored_at)
    where stored_count < entity_count;

  -- Append-only. The key begins with the entity, so that one index serves uniqueness, history, and the state as of a time.
  create table dwh.entity_change (
    entity_type             text collate "C" not null,
    entity_id               text collate "C" not null,
    version                 integer not null,
    occurred_at             timestamptz not null,
    operation               text not null,
    business_transaction_id uuid not null,
    sequence                integer not null,
    tenant_id               text collate "C" not null,
    account_id              text collate "C" not null,
    before                  json,
    after                   json,
    -- of a SubscriberResource: after's type and value
    resource_type           text collate "C",
    resource_value          text collate "C",
    event_id                text not null,
    kafka_topic             text not null,
    kafka_partition         integer not null,
    kafka_offset            bigint not null,
    primary key (entity_type, entity_id, version, occurred_at)
  ) partition by range (occurred_at);
  -- Transaction ids are UUIDv7: new entries go to the index's right edge.
  create index entity_change_transaction on dwh.entity_change (business_transaction_id);
  create index entity_change_resource on dwh.entity_change (resource_value, resource_type)
    where resource_value is not null;
  create table dwh.entity_change_default partition of dwh.entity_change default;

  -- One row per entity, replaced by every change: room on the page keeps the update off the index.
  create table dwh.entity_latest (
    entity_type             text collate "C" not null,
    entity_id               text collate "C" not null,
    version                 integer not null,
    occurred_at             timestamptz not null,
    operation               text not null,
    business_transaction_id uuid not null,
    tenant_id               text collate "C" not null,
    account_id              text collate "C" not null,
    state                   json,
    primary key (entity_type, entity_id)
  ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

  create table dwh.metric_hourly (
    tenant_id    text collate "C" not null,
    hour         timestamptz not null,
    -- of the business transaction
    type         text collate "C" not null,
    entity_type  text collate "C" not null,
    operation    text collate "C" not null,
    changes      bigint not null,
    -- changes with sequence 1, so that a sum over the rows counts each transaction once
    transactions bigint not null,
    primary key (tenant_id, hour, type, entity_type, operation)
  ) with (fillfactor = 50);

  -- Versions known to be missing: a row is there as long as one of them is.
  create table dwh.version_gap (
    entity_type text collate "C" not null,
    entity_id   text collate "C" not null,
    tenant_id   text collate "C" not null,
    account_id  text collate "C" not null,
    missing     int4multirange not null,
    opened_at   timestamptz not null,
    primary key (entity_type, entity_id)
  );
`;

/**
 * Attaches a table of its own rather than create a partition, which would lock out all readers and writers; rows of the
 * month that came before its partition move out of the default one.
 */
const monthFunction = `
  create function dwh.ensure_month(month date) returns boolean language plpgsql as $$
  declare
    name text := 'entity_change_' || to_char(month, 'YYYYMM');
    lower timestamptz := month::timestamp at time zone 'UTC';
    upper timestamptz := (month + interval '1 month') at time zone 'UTC';
  begin
    perform pg_advisory_xact_lock(hashtext('dwh.ensure_month'));
    if to_regclass('dwh.' || name) is not null then
      return false;
    end if;
    lock table dwh.entity_change_default in access exclusive mode;
    execute format('create table dwh.%I (like dwh.entity_change including defaults)', name);
    execute format(
      'with moved as (delete from dwh.entity_change_default where occurred_at >= %L and occurred_at < %L returning *)
       insert into dwh.%I select * from moved', lower, upper, name);
    execute format('alter table dwh.entity_change attach partition dwh.%I for values from (%L) to (%L)',
      name, lower, upper);
    return true;
  end $$;
`;
