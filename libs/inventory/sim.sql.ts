import { integers, rowsOf, rowsToJoin, texts, timestamps, uuids, type Tx } from '#libs/postgres';
import type { Sim } from './rows.js';

/** Locks the named SIMs and those of the subscribers, by ICCID: a SIM without a subscriber has no other lock. */
export const lockSims = (tx: Tx, iccids: string[], subscriberIds: string[]): Promise<Sim[]> =>
  tx.query<Sim>(
    `select iccid, tenant_id as "tenantId", account_id as "accountId", subscriber_id as "subscriberId", imsi, platform,
            status, first_activated_at as "firstActivatedAt", custom_properties as "customProperties", version,
            changed_at as "changedAt"
     from inventory.sim
     where iccid = any((select $1::text[])::text[]) or subscriber_id = any((select $2::uuid[])::uuid[])
     order by iccid
     for update`,
    [iccids, subscriberIds],
  );

const columns = `iccid, tenant_id, account_id, subscriber_id, imsi, platform, status, first_activated_at,
  custom_properties, version, changed_at`;

const types = 'text text text uuid text text text timestamptz text::jsonb integer timestamptz'.split(' ');

export const insertSims = (tx: Tx, sims: Sim[]): Promise<void> =>
  tx.write(
    `insert into inventory.sim (${columns})
     select * from ${rowsOf(types)} as fresh(${columns}) order by iccid`,
    simArrays(sims),
  );

/** Writes the final state of locked SIMs, each once. */
export const updateSims = (tx: Tx, sims: Sim[]): Promise<void> =>
  tx.write(
    `update inventory.sim
     set tenant_id = changed.tenant_id, account_id = changed.account_id, subscriber_id = changed.subscriber_id,
         imsi = changed.imsi, platform = changed.platform, status = changed.status,
         first_activated_at = changed.first_activated_at, custom_properties = changed.custom_properties, version = changed.version, changed_at = changed.changed_at
     from ${rowsToJoin(types)} as changed(${columns})
     where sim.iccid = changed.iccid`,
    simArrays(sims),
  );

const simArrays = (sims: Sim[]): Buffer[] => [
  texts(sims.map((row) => row.iccid)),
  texts(sims.map((row) => row.tenantId)),
  texts(sims.map((row) => row.accountId)),
  uuids(sims.map((row) => row.subscriberId)),
  texts(sims.map((row) => row.imsi)),
  texts(sims.map((row) => row.platform)),
  texts(sims.map((row) => row.status)),
  timestamps(sims.map((row) => row.firstActivatedAt)),
  texts(sims.map((row) => JSON.stringify(row.customProperties))),
  integers(sims.map((row) => row.version)),
  timestamps(sims.map((row) => row.changedAt)),
];
