import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddOffersAndParams1795200010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statements of [offers, externalParams, sims]) await runner.query(statements);
  }

  async down(): Promise<void> {
    await Promise.reject(new Error('Migrations are forward-only.'));
  }
}

const offers = `
  -- What a tenant's subscribers may be given. Offers are never deleted.
  create table inventory.offer (
    tenant_id text not null,
    offer_id  text not null,
    name      text not null,
    primary key (tenant_id, offer_id)
  );

  -- Offers that subscribers have now. Like a resource, a row is written only by who has locked its subscriber's row.
  create table inventory.subscriber_offer (
    subscriber_offer_id uuid primary key,
    subscriber_id       uuid not null,
    tenant_id           text not null,
    offer_id            text not null,
    version             integer not null,
    attached_at         timestamptz not null,
    unique (subscriber_id, offer_id)
  ) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
`;

const externalParams = `
  -- Names and values of the callers' own. A row is written only by who has locked its account's row.
  create table inventory.external_param (
    instance_id uuid primary key,
    tenant_id   text not null,
    account_id  text not null,
    name        text not null,
    value       text not null,
    version     integer not null,
    created_at  timestamptz not null,
    changed_at  timestamptz not null,
    unique (account_id, name)
  );
`;

/** IMEI and IMEISV name a device: by them floLIVE's clients look a subscriber up. */
const sims = `
  -- Null until the SIM becomes ACTIVE, and of SIMs that were before this column was there: rather unknown than wrong.
  alter table inventory.sim add column first_activated_at timestamptz;

  insert into inventory.resource_type (type, uniqueness, normal_form, pattern) values
    ('IMEI', 'global', '{trim,strip-separators}', '[0-9]{15}'),
    ('IMEISV', 'global', '{trim,strip-separators}', '[0-9]{16}')
  on conflict (type) do nothing;
`;
