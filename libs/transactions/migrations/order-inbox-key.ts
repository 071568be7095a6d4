import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What tells rows apart comes first: each step down the index compares one column instead of three. */
export class OrderInboxKey1795200056000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table messaging.inbox
        drop constraint inbox_pkey,
        add primary key (message_id, source, tenant_id)
    `);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('Migrations are forward-only.'));
  }
}
