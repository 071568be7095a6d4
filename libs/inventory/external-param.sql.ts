import { integers, rowsOf, rowsToJoin, texts, timestamps, uuids, type Tx } from '#libs/postgres';
import type { ExternalParam } from './rows.js';

const columns = `instance_id as "instanceId", tenant_id as "tenantId", p.account_id as "accountId", p.name, p.value,
  version, created_at as "createdAt", changed_at as "changedAt"`;

/** The parameters that a batch names, by instance or by account and name; a row may come twice. */
export const selectExternalParams = (
  tx: Tx,
  instanceIds: string[],
  names: { accountId: string; name: string }[],
): Promise<ExternalParam[]> =>
  tx.query<ExternalParam>(
    `select ${columns} from inventory.external_param p where instance_id = any((select $1::uuid[])::uuid[])
     union all
     select ${columns}
     from ${rowsToJoin(['text', 'text'], 2)} as named(account_id, name)
     join inventory.external_param p on p.account_id = named.account_id and p.name = named.name`,
    [uuids(instanceIds), texts(names.map(({ accountId }) => accountId)), texts(names.map(({ name }) => name))],
  );

export const deleteExternalParams = (tx: Tx, params: Pick<ExternalParam, 'instanceId'>[]): Promise<number> =>
  tx.execute(`delete from inventory.external_param where instance_id = any((select $1::uuid[])::uuid[])`, [
    uuids(params.map((row) => row.instanceId)),
  ]);

export const insertExternalParams = (tx: Tx, params: ExternalParam[]): Promise<number> =>
  tx.execute(
    `insert into inventory.external_param
       (instance_id, tenant_id, account_id, name, value, version, created_at, changed_at)
     select *
     from ${rowsOf(['uuid', 'text', 'text', 'text', 'text', 'integer', 'timestamptz', 'timestamptz'])}
       as fresh(instance_id, tenant_id, account_id, name, value, version, created_at, changed_at)
     order by account_id, name`,
    [
      uuids(params.map((row) => row.instanceId)),
      texts(params.map((row) => row.tenantId)),
      texts(params.map((row) => row.accountId)),
      texts(params.map((row) => row.name)),
      texts(params.map((row) => row.value)),
      integers(params.map((row) => row.version)),
      timestamps(params.map((row) => row.createdAt)),
      timestamps(params.map((row) => row.changedAt)),
    ],
  );

/** from 0 */
export interface Page {
  page: number;
  size: number;
}

export interface ExternalParamPage {
  params: ExternalParam[];
  /** over all pages */
  total: number;
}

/** A page of an account's parameters by name. */
export async function selectExternalParamPage(
  tx: Tx,
  accountId: string,
  { page, size }: Page,
): Promise<ExternalParamPage> {
  const rows = await tx.query<ExternalParam & { total: number }>(
    `select counted.total, page.*
     from (select count(*)::int as total from inventory.external_param where account_id = $1) as counted
     left join lateral (
       select ${columns} from inventory.external_param p where p.account_id = $1 order by name limit $2 offset $3
     ) as page on true`,
    [accountId, size, page * size],
  );
  const params = rows.flatMap(({ total: _, ...param }) => (param.instanceId ? [param] : []));
  return { params, total: rows[0]?.total ?? 0 };
}
