import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddHeldItems1795200045000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('Migrations are forward-only.'));
  }
}

const tables = `
  -- Items that the cursor has passed, and that wait until their platform takes more.
  create table bulk.held (
    job_id   uuid not null,
    ordinal  integer not null,
    platform text not null,
    primary key (job_id, ordinal)
  ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0);
  create index held_by_platform on bulk.held (job_id, platform, ordinal);

  -- how many of them a job has, by platform
  alter table bulk.job add column held jsonb not null default '{}';
  -- whose SIM the item changes, when that is done by a platform
  alter table bulk.in_flight add column platform text;
`;
