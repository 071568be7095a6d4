import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What callers want to be told of, and how far the telling is. */
export class CreateCallbacks1795200047000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('Migrations are forward-only.'));
  }
}

const tables = `
  create schema callbacks;

  -- TMF hub: a client is told of all its operations at this URL.
  create table callbacks.subscription (
    subscription_id uuid not null primary key,
    tenant_id       text not null,
    account_id      text not null,
    client_id       text not null,
    callback        text not null,
    -- TMF filter as it came; null for all events
    query           text,
    sealed_secret   text not null,
    created_at      timestamptz not null
  );
  create index subscription_by_client on callbacks.subscription (client_id);

  -- Signs what a client has called back for one request.
  create table callbacks.client_secret (
    client_id     text not null primary key,
    sealed_secret text not null,
    created_at    timestamptz not null
  );

  -- One event for one URL. The id is the event's, a UUIDv7.
  create table callbacks.delivery (
    delivery_id      uuid not null primary key,
    tenant_id        text not null,
    -- account of the client: who may read it
    account_id       text not null,
    client_id        text not null,
    operation_id     uuid not null,
    -- null where the URL came with the request
    subscription_id  uuid,
    url              text not null,
    -- with its port, if that is not the scheme's own: one that is down must not delay the others
    host             text not null,
    state            text not null check (state in ('WAITING', 'DUE', 'DELIVERED', 'GIVEN_UP')),
    -- of the operation, from its end on
    correlation_id   text,
    event_time       timestamptz,
    attempts         integer not null default 0,
    -- those before it was last tried again by hand
    earlier_attempts integer not null default 0,
    -- when to try, or when the attempt under way is taken for lost
    due_at           timestamptz,
    -- of the attempt under way: fences late results
    claim            uuid,
    last_status      integer,
    last_error       text,
    created_at       timestamptz not null,
    ended_at         timestamptz
  ) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000,
          autovacuum_vacuum_cost_delay = 0);
  create index delivery_waiting on callbacks.delivery (delivery_id) where state = 'WAITING';
  create index delivery_due on callbacks.delivery (host, due_at) where state = 'DUE';
  create index delivery_by_account on callbacks.delivery (account_id, delivery_id desc);
  create index delivery_by_operation on callbacks.delivery (operation_id);

  -- An attempt that was cut off by the end of its process is not in the log; its number is missing.
  create table callbacks.attempt (
    delivery_id  uuid not null,
    number       integer not null,
    attempted_at timestamptz not null,
    -- HTTP; null where no answer came
    status       integer,
    duration_ms  integer not null,
    error        text,
    primary key (delivery_id, number)
  );
`;
