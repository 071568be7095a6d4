import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What tells rows apart comes first: each step down the index compares one column instead of three. */
export class OrderRequestKey1795200057000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table operations.request_key
        drop constraint request_key_pkey,
        add primary key (key, scope, tenant_id)
    `);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('Migrations are forward-only.'));
  }
}
