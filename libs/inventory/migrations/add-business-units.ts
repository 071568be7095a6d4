import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddBusinessUnits1795200030000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- A business unit is a set of accounts, with all that is below them. Configured by the command line.
      create table inventory.business_unit (
        -- ISO 3166-1 alpha-2
        business_id text not null check (business_id ~ '^[A-Z]{2}$'),
        account_id  text not null references inventory.account,
        primary key (business_id, account_id)
      );
    `);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('Migrations are forward-only.'));
  }
}
