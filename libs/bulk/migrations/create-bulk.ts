import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateBulk1795200009000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('Migrations are forward-only.'));
  }
}

const tables = `
  create schema bulk;

  -- A job is known by the operation that started it. Counters change in place, in free room of the row's page.
  create table bulk.job (
    job_id         uuid not null primary key,
    tenant_id      text not null,
    -- account of the actor: who may read it
    account_id     text not null,
    actor          text not null,
    client_id      text,
    facade         text not null,
    action         text not null,
    dry_run        boolean not null,
    retry_of       uuid,
    correlation_id text not null,
    state          text not null check (state in ('STAGED', 'RUNNING', 'CANCELLING', 'ENDED')),
    total          integer not null default 0,
    -- items up to this ordinal have been sent, or ended without that
    dispatched     integer not null default 0,
    in_flight      integer not null default 0,
    completed      integer not null default 0,
    failed         integer not null default 0,
    cancelled      integer not null default 0,
    created_at     timestamptz not null,
    -- when items were last added or sent
    touched_at     timestamptz not null,
    started_at     timestamptz,
    ended_at       timestamptz
  ) with (fillfactor = 50);
  create index job_live on bulk.job (job_id) where state <> 'ENDED';
  create index job_ended on bulk.job (ended_at) where state = 'ENDED';
  create index job_by_account on bulk.job (account_id, job_id desc);

  -- Never changes. Ordinals of a job run from 1 without a gap.
  create table bulk.item (
    job_id       uuid not null,
    ordinal      integer not null,
    item_key     text not null,
    -- JSON as text; null when it does not fit the action, which its result says
    data         text,
    operation_id uuid not null unique,
    primary key (job_id, ordinal)
  );

  create table bulk.in_flight (
    operation_id uuid not null primary key,
    job_id       uuid not null,
    ordinal      integer not null
  ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0);

  create table bulk.item_result (
    job_id   uuid not null,
    ordinal  integer not null,
    status   text not null check (status in ('COMPLETED', 'FAILED', 'CANCELLED')),
    -- JSON as text {code, message, details?}
    error    text,
    ended_at timestamptz not null,
    primary key (job_id, ordinal)
  );
  create index item_result_not_completed on bulk.item_result (job_id, status, ordinal) where status <> 'COMPLETED';
`;
