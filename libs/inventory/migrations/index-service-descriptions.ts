import type { MigrationInterface, QueryRunner } from 'typeorm';

export class IndexServiceDescriptions1795200054000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // For lists by an attribute: without it they read what is said of all services.
    await runner.query(`
      create index service_description_attributes on inventory.service_description using gin (attributes jsonb_path_ops);
    `);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('Migrations are forward-only.'));
  }
}
