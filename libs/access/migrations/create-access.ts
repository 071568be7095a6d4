import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAccess1795200001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema access;

      create table access.api_client (
        client_id    text primary key,
        -- HMAC-SHA-256 of the secret under the server's pepper
        secret_hash  bytea not null,
        username     text not null,
        tenant_id    text not null,
        account_id   text not null,
        business_ids text[] not null default '{}',
        scopes       text[] not null default '{}',
        created_at   timestamptz not null default clock_timestamp(),
        revoked_at   timestamptz
      );
      -- A username may be given again after its client was revoked.
      create unique index api_client_username on access.api_client (tenant_id, username) where revoked_at is null;
    `);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('Migrations are forward-only.'));
  }
}
