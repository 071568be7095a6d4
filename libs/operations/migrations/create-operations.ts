import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateOperations1795200002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    await runner.query(partitioning);
    await runner.query(`select operations.ensure_partitions((now() at time zone 'UTC')::date, 8)`);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('Migrations are forward-only.'));
  }
}

const tables = `
  create schema operations;

  create table operations.operation (
    operation_id            uuid not null primary key,
    tenant_id               text not null,
    -- account of the actor: who may read it
    account_id              text not null,
    actor                   text not null,
    client_id               text,
    facade                  text not null,
    action                  text not null,
    status                  text not null check (status in
      ('ACCEPTED', 'IN_PROGRESS', 'COMPLETED', 'COMPLETED_WITH_ERRORS', 'FAILED', 'CANCELLED', 'TIMED_OUT')),
    command_id              text not null,
    command_source          text not null,
    entity_type             text,
    entity_id               text,
    request_id              text,
    transaction_id          text,
    correlation_id          text not null,
    causation_id            text,
    replay_of               text,
    business_transaction_id uuid,
    -- JSON as text: the type json would parse it at every insert
    request                 text,
    response                text,
    error                   text,
    source_topic            text,
    source_partition        integer,
    source_offset           bigint,
    created_at              timestamptz not null,
    updated_at              timestamptz not null,
    deadline                timestamptz
  ) partition by range (operation_id);

  create index operation_by_account on operations.operation (account_id, operation_id desc);
  create index operation_by_correlation on operations.operation (correlation_id);
  create index operation_by_request on operations.operation (request_id) where request_id is not null;
  create index operation_open on operations.operation (deadline)
    where status in ('ACCEPTED', 'IN_PROGRESS');

  create table operations.operation_default partition of operations.operation default;

  -- Callers' idempotency keys: which operation a key started.
  create table operations.request_key (
    tenant_id    text not null,
    scope        text not null,
    key          text not null,
    -- first 128 bits of the body's SHA-256
    fingerprint  uuid not null,
    operation_id uuid not null,
    created_at   timestamptz not null,
    primary key (tenant_id, scope, key)
  );
  create index request_key_age on operations.request_key using brin (created_at);
`;

const partitioning = `
  -- Smallest UUIDv7 of a moment: its first 48 bits are milliseconds.
  create function operations.uuid_at(moment timestamptz) returns uuid language sql immutable strict as $$
    select (lpad(to_hex((extract(epoch from moment) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid
  $$;

  -- Makes a partition for each of the days (UTC) from first_day, where there is none. Attached rather than created in
  -- place: that would lock out every reader and writer of the parent. Rows of a day that came before its partition
  -- wait in the default one, and move.
  create function operations.ensure_partitions(first_day date, days integer) returns integer language plpgsql as $$
  declare
    made integer := 0;
    day date;
    name text;
    lower_bound uuid;
    upper_bound uuid;
  begin
    for day in select first_day + n from generate_series(0, days - 1) as n loop
      name := 'operation_' || to_char(day, 'YYYYMMDD');
      continue when to_regclass('operations.' || name) is not null;
      lower_bound := operations.uuid_at(day::timestamp at time zone 'UTC');
      upper_bound := operations.uuid_at((day + 1)::timestamp at time zone 'UTC');
      execute format('create table operations.%I (like operations.operation including all)', name);
      execute format(
        'with moved as (delete from operations.operation_default where operation_id >= %L and operation_id < %L returning *)
         insert into operations.%I select * from moved', lower_bound, upper_bound, name);
      execute format('alter table operations.operation attach partition operations.%I for values from (%L) to (%L)',
        name, lower_bound, upper_bound);
      made := made + 1;
    end loop;
    return made;
  end $$;

  -- Drops the partitions whose every day is before first_kept, and what waits in the default one from before it.
  create function operations.drop_partitions(first_kept date) returns integer language plpgsql as $$
  declare
    dropped integer := 0;
    name text;
  begin
    for name in
      select relname from pg_inherits join pg_class on pg_class.oid = inhrelid
      where inhparent = 'operations.operation'::regclass
        and relname ~ '^operation_[0-9]{8}$' and to_date(right(relname, 8), 'YYYYMMDD') < first_kept
    loop
      execute format('drop table operations.%I', name);
      dropped := dropped + 1;
    end loop;
    delete from operations.operation_default
    where operation_id < operations.uuid_at(first_kept::timestamp at time zone 'UTC');
    return dropped;
  end $$;
`;
