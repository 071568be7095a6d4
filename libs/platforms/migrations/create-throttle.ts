import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateThrottle1795200042000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(throttleTable);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('Migrations are forward-only.'));
  }
}

/** Columns, and their order, are those of rate-limiter-flexible's RateLimiterPostgres. */
const throttleTable = `
  -- How much of a platform's rate limit is used up, for all instances of the connector; it may be lost in a crash.
  create unlogged table platforms.throttle (
    key    varchar(255) not null primary key,
    points integer not null default 0,
    -- Unix time in ms
    expire bigint
  ) with (fillfactor = 50);
`;
