import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddCustomProperties1795200040000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- [{"name":…,"value":…}]; a constant default is written to no row.
      alter table inventory.sim add column custom_properties jsonb not null default '[]';
      -- Lists of an account's SIMs, page by page.
      create index sim_account on inventory.sim (account_id, iccid);
    `);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('Migrations are forward-only.'));
  }
}
