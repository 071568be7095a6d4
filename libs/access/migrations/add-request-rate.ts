import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddRequestRate1795200031000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Requests of clients in the window under way. A crash may forget it: the next window begins.
      create unlogged table access.request_rate (
        key    varchar(255) primary key,
        points integer not null default 0,
        -- end of the window, ms since 1970
        expire bigint
      ) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
    `);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('Migrations are forward-only.'));
  }
}
