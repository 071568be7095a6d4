import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What services' callers were answered with a monitor for, with the request that they sent. */
export class CreateServiceMonitors1795200052000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table operations.service_monitor (
        operation_id uuid not null primary key,
        tenant_id    text not null,
        -- account of the actor: who may read it
        account_id   text not null,
        -- JSON as text {method, to, body, headers}, without any secret
        request      text not null,
        created_at   timestamptz not null
      );
      create index service_monitor_by_account on operations.service_monitor (account_id, operation_id desc);
      create index service_monitor_age on operations.service_monitor using brin (created_at);
    `);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('Migrations are forward-only.'));
  }
}
