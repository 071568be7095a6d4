import type { Database } from '#libs/postgres';

export const benchTenant = 'BENCH';
export const benchActor = 'bench-crm';

/** What the subscriber with this number is called. */
export const externalIdOf = (index: number): string => `SUB-${index}`;
/** Its MSISDN after so many swaps. */
export const msisdnOf = (index: number, swaps: number): string => String(10_000_000_000 + swaps * 100_000_000 + index);

/**
 * One account, one client, and `count` active subscribers, each with an MSISDN: straight into the tables, and as far as the warehouse
 * would know them, so that a swap is not measured as a gap. */
export async function seedFleet(database: Database, count: number): Promise<void> {
  await database.execute(
    `insert into inventory.account (account_id, tenant_id, name, path) values ($1, $1, 'Benchmark', array[$1])`,
    [benchTenant],
  );
  // The statement timeout of sessions is too short for a million rows in one statement.
  const perStatement = 100_000;
  for (let from = 0; from < count; from += perStatement) {
    await database.execute(
      `with fresh as (
         insert into inventory.subscriber
           (subscriber_id, tenant_id, account_id, external_id, state, platform, version, created_at, changed_at)
         select gen_random_uuid(), $1, $1, 'SUB-' || n, 'Active', 'JASPER', 1, now(), now()
         from generate_series($2::int, $3::int) as n
         returning subscriber_id, substr(external_id, 5)::bigint as n),
       resources as (
         insert into inventory.resource (type, scope, value, resource_id, tenant_id, subscriber_id, version, valid_from)
         select 'MSISDN', '', (10000000000 + n)::text, gen_random_uuid(), $1, subscriber_id, 1, now() from fresh
         returning resource_id, value)
       insert into dwh.entity_latest (entity_type, entity_id, version, occurred_at, operation, business_transaction_id,
         tenant_id, account_id, state)
       select 'SubscriberResource', resource_id, 1, now(), 'CREATED', gen_random_uuid(), $1, $1,
         json_build_object('id', resource_id, 'type', 'MSISDN', 'value', value) from resources`,
      [benchTenant, from, Math.min(from + perStatement, count) - 1],
    );
  }
  for (const table of ['inventory.account', 'inventory.subscriber', 'inventory.resource', 'dwh.entity_latest']) {
    await database.execute(`analyze ${table}`);
  }
}
