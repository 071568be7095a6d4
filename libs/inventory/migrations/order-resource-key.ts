import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What tells rows apart comes first: each step down the index compares one column instead of three. */
export class OrderResourceKey1795200058000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table inventory.resource
        drop constraint resource_pkey,
        add primary key (value, type, scope)
    `);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('Migrations are forward-only.'));
  }
}
