import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Locks live beside operations, since whoever ends an operation frees its locks in the same statement. */
export class CreateLocks1795200012000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table operations.lock (
        tenant_id     text not null,
        level         text not null check (level in ('user-action', 'entity')),
        -- '<action> <username>', 'bulk:<action> <username>' or '<entity type> <entity id>'
        key           text not null,
        operation_id  uuid not null,
        -- account of the actor: who may see the lock
        account_id    text not null,
        username      text not null,
        facade        text not null,
        action        text not null,
        entity_type   text,
        entity_id     text,
        fencing_token bigint generated always as identity,
        acquired_at   timestamptz not null,
        -- deadline of the operation
        expires_at    timestamptz not null,
        -- The tenant last: an entity's id is unique everywhere, and handlers look it up alone.
        primary key (key, level, tenant_id)
      ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000, autovacuum_vacuum_cost_delay = 0);
      create index lock_by_operation on operations.lock (operation_id);
      create unique index lock_by_token on operations.lock (fencing_token);

      -- Locks that somebody broke.
      create table operations.lock_audit (
        fencing_token bigint not null primary key,
        tenant_id     text not null,
        level         text not null,
        key           text not null,
        operation_id  uuid not null,
        account_id    text not null,
        username      text not null,
        facade        text not null,
        action        text not null,
        acquired_at   timestamptz not null,
        expires_at    timestamptz not null,
        broken_by     text not null,
        reason        text not null,
        broken_at     timestamptz not null
      );
    `);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('Migrations are forward-only.'));
  }
}
