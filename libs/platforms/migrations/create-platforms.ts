import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePlatforms1795200040000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(platformTable);
    await runner.query(requestTable);
    await runner.query(tenPlatforms);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('Migrations are forward-only.'));
  }
}

const platformTable = `
  create schema platforms;

  create table platforms.platform (
    name                   text not null primary key,
    -- the changes it offers, and how it answers each: {"status": "sync", "account": "async"}
    changes                jsonb not null,
    results                text not null check (results in ('callback', 'polling')),
    idempotent             boolean not null,
    credentials            text not null check (credentials in ('bearer', 'api-key')),
    rate_requests          integer,
    rate_per_ms            integer,
    -- without one the platform is not connected
    base_url               text,
    sealed_credential      text,
    sealed_callback_secret text,
    request_timeout_ms     integer not null default 10000,
    poll_ms                integer not null default 1000,
    callback_grace_ms      integer not null default 30000,
    give_up_ms             integer not null default 60000,
    attempts               integer not null default 6,
    concurrency            integer not null default 32,
    queue_limit            integer not null default 100000,
    changed_at             timestamptz not null default clock_timestamp(),
    check ((rate_requests is null) = (rate_per_ms is null))
  );
`;

const requestTable = `
  -- What a platform is to do for an operation, until platform and SIM agree.
  create table platforms.request (
    operation_id        uuid not null primary key,
    tenant_id           text not null,
    actor               text not null,
    correlation_id      text not null,
    request_id          text,
    transaction_id      text,
    -- 0 interactive, 1 stream
    lane                smallint not null,
    platform            text not null,
    iccid               text not null,
    subscriber_id       uuid not null,
    -- JSON as text
    change              text not null,
    state               text not null check (state in ('QUEUED', 'CHECKING', 'SENT', 'DONE', 'FAILED')),
    -- what the platform has of the SIM is known, and recorded
    settled             boolean not null default false,
    -- an attempt may have had effect
    uncertain           boolean not null default false,
    -- when somebody must look again
    due_at              timestamptz,
    attempts            integer not null default 0,
    give_up_at          timestamptz,
    platform_request_id text,
    -- the platform's last answer; headers are JSON as text
    status_code         integer,
    message             text,
    body                text,
    headers             text,
    created_at          timestamptz not null,
    updated_at          timestamptz not null,
    ended_at            timestamptz
  ) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0);
  create index request_due on platforms.request (platform, lane, due_at) where not settled;
  create index request_by_platform_id on platforms.request (platform, platform_request_id)
    where platform_request_id is not null;
  create index request_settled on platforms.request (ended_at) where settled;
`;

/** The ten platforms, as libs/platforms/profiles.ts had them when this was written; none is connected. */
const tenPlatforms = `
  insert into platforms.platform (name, changes, results, idempotent, credentials, rate_requests, rate_per_ms)
  select name, changes, results, idempotent, credentials, rate_requests, rate_per_ms
  from (values
    ('TMUS', 'sync', null, 'callback', true, 'bearer', null, null),
    ('IOTA', 'sync', null, 'callback', false, 'api-key', null, null),
    ('JASPER', 'sync', 'async', 'callback', true, 'bearer', null, null),
    ('1NCE', 'sync', null, 'callback', true, 'bearer', 10, 1000),
    ('TMSP', 'async', 'async', 'callback', true, 'bearer', null, null),
    ('INTELSAT', 'async', null, 'polling', true, 'api-key', null, null),
    ('AIRLINQ', 'async', null, 'callback', true, 'api-key', null, null),
    ('STC', 'async', null, 'callback', false, 'bearer', null, null),
    ('TURKCELL', 'async', 'async', 'callback', true, 'api-key', null, null),
    ('GALAXY1', 'async', 'async', 'polling', true, 'bearer', null, null)
  ) as ten (name, status, account, results, idempotent, credentials, rate_requests, rate_per_ms)
  cross join lateral jsonb_strip_nulls(
    jsonb_build_object('status', status, 'custom-properties', 'sync', 'account', account)
  ) as built (changes);
`;
