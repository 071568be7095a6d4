import type { SimStatus, SubscriberState } from '#libs/contracts';
import type { Tx } from '#libs/postgres';
import type { AccountScope } from './references.js';

/** A subscriber as TMF640's service. */
export interface Service {
  subscriberId: string;
  externalId: string;
  tenantId: string;
  accountId: string;
  state: SubscriberState;
  platform: string | null;
  createdAt: Date;
  iccid: string | null;
  imsi: string | null;
  simStatus: SimStatus | null;
  firstActivatedAt: Date | null;
  /** what its callers say of it */
  attributes: Record<string, unknown>;
  resources: { type: string; value: string }[];
}

export interface ServiceFilter {
  id?: string | undefined;
  states?: SubscriberState[] | undefined;
  /** described attributes that have these values */
  attributes?: Record<string, string> | undefined;
}

const columns = `subscriber.subscriber_id as "subscriberId", subscriber.external_id as "externalId", subscriber.tenant_id as "tenantId",
  subscriber.account_id as "accountId", state, subscriber.platform, subscriber.created_at as "createdAt", iccid, imsi,
  sim.status as "simStatus", first_activated_at as "firstActivatedAt", coalesce(attributes, '{}') as attributes`;

const tables = `inventory.subscriber
  left join inventory.sim using (subscriber_id)
  left join inventory.service_description described
    on described.tenant_id = subscriber.tenant_id and described.external_id = subscriber.external_id`;

/** Services of an account tree in the order of their ids. */
export async function listServices(
  tx: Tx,
  { accountId }: AccountScope,
  filter: ServiceFilter,
  { offset, limit }: { offset: number; limit: number },
): Promise<{ total: number; services: Service[] }> {
  const { conditions, parameters } = where(accountId, filter);
  const [counted] = await tx.query<{ total: number }>(
    `select count(*)::int as total from ${tables} where ${conditions}`,
    parameters,
  );
  const rows = await tx.query<Omit<Service, 'resources'>>(
    `select ${columns} from ${tables} where ${conditions}
     order by subscriber.subscriber_id offset ${String(offset)} limit ${String(limit)}`,
    parameters,
  );
  return { total: counted?.total ?? 0, services: await withResources(tx, rows) };
}

/** Nothing for one that is not in the account tree. */
export async function readService(tx: Tx, { accountId }: AccountScope, id: string): Promise<Service | undefined> {
  const { conditions, parameters } = where(accountId, { id });
  const rows = await tx.query<Omit<Service, 'resources'>>(
    `select ${columns} from ${tables} where ${conditions}`,
    parameters,
  );
  return (await withResources(tx, rows))[0];
}

/** Adds to what is said of a service; an attribute that is null goes. */
export const describeService = (
  tx: Tx,
  { tenantId, externalId }: Pick<Service, 'tenantId' | 'externalId'>,
  attributes: Record<string, unknown>,
): Promise<number> =>
  tx.execute(
    `insert into inventory.service_description as described (tenant_id, external_id, attributes)
     values ($1, $2, jsonb_strip_nulls($3::jsonb))
     on conflict (tenant_id, external_id) do update
     set attributes = jsonb_strip_nulls(described.attributes || $3::jsonb)`,
    [tenantId, externalId, JSON.stringify(attributes)],
  );

function where(accountId: string, { id, states, attributes }: ServiceFilter) {
  const conditions = [
    'subscriber.account_id = any(array(select account_id from inventory.account where path @> array[$1::text]))',
  ];
  const parameters: unknown[] = [accountId];
  const add = (condition: (place: string) => string, parameter: unknown): void => {
    parameters.push(parameter);
    conditions.push(condition(`$${parameters.length}`));
  };
  if (id !== undefined) add((place) => `subscriber.subscriber_id = ${place}::uuid`, id);
  if (states !== undefined) add((place) => `state = any(${place}::text[])`, states);
  if (attributes !== undefined) add((place) => `attributes @> ${place}::jsonb`, JSON.stringify(attributes));
  return { conditions: conditions.join(' and '), parameters };
}

/** Of a page, in one statement. */
async function withResources(tx: Tx, rows: Omit<Service, 'resources'>[]): Promise<Service[]> {
  const resources = await tx.query<{ subscriberId: string; type: string; value: string }>(
    `select subscriber_id as "subscriberId", type, value from inventory.resource
     where subscriber_id = any($1::uuid[]) order by type, value`,
    [rows.map(({ subscriberId }) => subscriberId)],
  );
  const bySubscriber = Map.groupBy(resources, ({ subscriberId }) => subscriberId);
  return rows.map((row) => ({
    ...row,
    resources: (bySubscriber.get(row.subscriberId) ?? []).map(({ type, value }) => ({ type, value })),
  }));
}
