import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How callers of the CMO facade know an operation: by a readable id, with the request that they sent. */
export class CreateMonitors1795200041000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table operations.monitor (
        -- '<iccid>-<epoch seconds>-monitor'
        monitor_id   text not null,
        tenant_id    text not null,
        operation_id uuid not null unique,
        -- account of the actor: who may read it
        account_id   text not null,
        -- null for a batch
        product_id   text,
        -- JSON as text {method, body, headers}, without any secret
        request      text not null,
        created_at   timestamptz not null,
        -- The tenant last: readers are bounded by their account tree, and look a monitor up by its id alone.
        primary key (monitor_id, tenant_id)
      );
      create index monitor_by_account on operations.monitor (account_id, operation_id desc);
      create index monitor_age on operations.monitor using brin (created_at);
    `);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('Migrations are forward-only.'));
  }
}
