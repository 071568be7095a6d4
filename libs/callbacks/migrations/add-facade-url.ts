import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Links in an event lead to where its client has called us. */
export class AddFacadeUrl1795200048000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- of the facade, up to the tenant, without a slash at the end
      alter table callbacks.delivery add column facade_url text not null default '';
    `);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('Migrations are forward-only.'));
  }
}
