import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is told of is worded by the facade that a URL was subscribed in, and may be of several types. */
export class AddFacades1795200053000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table callbacks.subscription add column facade text not null default 'cmo';
      alter table callbacks.delivery add column facade text not null default 'cmo',
        add column event_type text not null default 'MonitorStateChangeEvent';
    `);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('Migrations are forward-only.'));
  }
}
