import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateMessaging1795200003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema messaging;

      -- Not partitioned by time: a unique key would need the time, and a repeat may come on another day.
      create table messaging.inbox (
        tenant_id     text not null,
        source        text not null,
        message_id    text not null,
        -- first 128 bits of the body's SHA-256
        fingerprint   uuid not null,
        operation_id  uuid not null,
        dead_lettered boolean not null default false,
        received_at   timestamptz not null,
        primary key (tenant_id, source, message_id)
      );
      create index inbox_age on messaging.inbox using brin (received_at);

      -- Columns in the terms of Debezium's outbox event router: id, aggregatetype, aggregateid, type, payload.
      create table messaging.outbox (
        lane          smallint not null,
        position      bigint generated always as identity,
        shard         smallint not null,
        id            uuid not null,
        aggregatetype text not null,
        aggregateid   text not null,
        type          text not null,
        topic         text not null,
        key           text,
        -- JSON as text: nobody looks into it here, and json would parse it at every insert
        headers       text not null,
        payload       text,
        -- dead letters keep key and value byte for byte
        raw_key       bytea,
        raw_payload   bytea,
        created_at    timestamptz not null,
        primary key (lane, position)
      ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0);

      -- Rows the broker refused for good: kept for an operator, out of the way of their shard.
      create table messaging.outbox_parked (
        like messaging.outbox,
        error     text not null,
        parked_at timestamptz not null default clock_timestamp(),
        primary key (id)
      );

      create table messaging.lease (
        group_name text not null,
        slot       integer not null,
        owner      text not null,
        expires_at timestamptz not null,
        primary key (group_name, slot)
      );
      create table messaging.lease_member (
        group_name text not null,
        owner      text not null,
        expires_at timestamptz not null,
        primary key (group_name, owner)
      );
    `);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('Migrations are forward-only.'));
  }
}
