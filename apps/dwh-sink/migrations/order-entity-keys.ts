import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What tells rows apart comes first: each step down an index compares one column instead of two. */
export class OrderEntityKeys1795200059000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table dwh.entity_latest
        drop constraint entity_latest_pkey,
        add primary key (entity_id, entity_type);
      alter table dwh.entity_change
        drop constraint entity_change_pkey,
        add primary key (entity_id, entity_type, version, occurred_at)
    `);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('Migrations are forward-only.'));
  }
}
