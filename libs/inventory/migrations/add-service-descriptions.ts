import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddServiceDescriptions1795200050000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What TMF640's callers say of a service and nothing here acts on, e.g. its name and specification.
      create table inventory.service_description (
        tenant_id   text not null,
        external_id text not null,
        attributes  jsonb not null,
        primary key (tenant_id, external_id)
      );
    `);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('Migrations are forward-only.'));
  }
}
