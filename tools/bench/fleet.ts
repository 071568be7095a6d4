import type { Database } from '#libs/postgres';

export const benchTenant = 'BENCH';
export const benchActor = 'bench-crm';

/** What the subscriber with this number is called. */
export const externalIdOf = (index: number): string => `SUB-${index}`;
/** Its MSISDN after so many swaps. */
export const msisdnOf = (index: number, swaps: number): string => String(10_000_000_000 + swaps * 100_000_000 + index);
/** Its SIM. */
export const iccidOf = (index: number): string => `8901${String(index).padStart(15, '0')}`;

/** The statement timeout of sessions is too short for a million rows in one statement. */
const perStatement = 50_000;

/**
 * One account, one client, and `count` active subscribers, each with an MSISDN and a SIM that was activated once: straight
 * into the tables, and as far as the warehouse would know them, so that a change is not measured as a gap. */
export async function seedFleet(database: Database, count: number): Promise<void> {
  await database.execute(
    `insert into inventory.account (account_id, tenant_id, name, path) values ($1, $1, 'Benchmark', array[$1])`,
    [benchTenant],
  );
  for (let from = 0; from < count; from += perStatement) {
    await database.execute(subscribers, [benchTenant, from, Math.min(from + perStatement, count) - 1]);
  }
  for (const table of ['account', 'subscriber', 'sim', 'resource'])
    await database.execute(`analyze inventory.${table}`);
  await database.execute('analyze dwh.entity_latest');
}

const subscribers = `
  with fresh as (
    insert into inventory.subscriber
      (subscriber_id, tenant_id, account_id, external_id, state, platform, version, created_at, changed_at)
    select gen_random_uuid(), $1, $1, 'SUB-' || n, 'Active', 'JASPER', 1, now(), now()
    from generate_series($2::int, $3::int) as n
    returning subscriber_id, external_id, substr(external_id, 5)::bigint as n),
  resources as (
    insert into inventory.resource (type, scope, value, resource_id, tenant_id, subscriber_id, version, valid_from)
    select 'MSISDN', '', (10000000000 + n)::text, gen_random_uuid(), $1, subscriber_id, 1, now() from fresh
    returning resource_id, value),
  sims as (
    insert into inventory.sim (iccid, tenant_id, account_id, subscriber_id, imsi, platform, status, version, changed_at,
      first_activated_at)
    select '8901' || lpad(n::text, 15, '0'), $1, $1, subscriber_id, null, 'JASPER', 'ACTIVE', 1, now(), now() from fresh
    returning iccid, subscriber_id),
  states as (
    select 'Subscriber' as type, subscriber_id::text as id,
      json_build_object('id', subscriber_id, 'externalId', external_id, 'accountId', $1, 'state', 'Active',
        'platform', 'JASPER') as state from fresh
    union all
    select 'SubscriberResource', resource_id::text,
      json_build_object('id', resource_id, 'type', 'MSISDN', 'value', value) from resources
    union all
    select 'SIM', iccid,
      json_build_object('iccid', iccid, 'imsi', null, 'subscriberId', subscriber_id, 'platform', 'JASPER',
        'status', 'ACTIVE', 'firstActivatedAt', now()) from sims)
  insert into dwh.entity_latest (entity_type, entity_id, version, occurred_at, operation, business_transaction_id,
    tenant_id, account_id, state)
  select type, id, 1, now(), 'CREATED', gen_random_uuid(), $1, $1, state from states`;
