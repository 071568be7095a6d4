import type { CustomProperty, Plain, SimStatus, SubscriberState } from '#libs/contracts';
import { texts, type Tx } from '#libs/postgres';
import { accountsOf } from './account.sql.js';
import type { AccountScope } from './references.js';

/** A SIM on an operator's platform, as the CMO facade offers it. */
export interface ProductRow {
  platform: string;
  iccid: string;
  accountId: string;
  /** null: nobody has the SIM */
  state: SubscriberState | null;
  imsi: string | null;
  status: SimStatus;
  firstActivatedAt: Date | null;
  customProperties: Plain<CustomProperty>[];
  /** of who has the SIM: those of `identifierTypes`, by type and value */
  identifiers: { type: string; value: string }[];
}

/** What names a product. */
export type ProductName = Pick<ProductRow, 'platform' | 'iccid'>;

export interface ProductQuery {
  status?: SimStatus | undefined;
  platform?: string | undefined;
  /** from 1 */
  pageNumber: number;
  pageSize: number;
}

export interface ProductPage {
  products: ProductRow[];
  /** over all pages */
  total: number;
}

/** Types of a subscriber's resources that belong to the connection rather than to the person. */
const identifierTypes = ['IMSI', 'MSISDN', 'IMEI', 'IMEISV'];

const columns = `platform, iccid, account_id as "accountId", imsi, status, first_activated_at as "firstActivatedAt",
  custom_properties as "customProperties",
  (select state from inventory.subscriber where subscriber_id = sim.subscriber_id) as state,
  (select coalesce(json_agg(json_build_object('type', type, 'value', value) order by type, value), '[]')
   from inventory.resource
   where subscriber_id = sim.subscriber_id and type in (${identifierTypes.map((type) => `'${type}'`).join(', ')})
  ) as identifiers`;

/** A page of the SIMs of an account and those below it that have a platform, by account and ICCID. */
export async function listProducts(tx: Tx, { accountId }: AccountScope, query: ProductQuery): Promise<ProductPage> {
  const { status, platform, pageNumber, pageSize } = query;
  const isListed = `account_id = any($1::text[]) and platform is not null
    and ($2::text is null or status = $2) and ($3::text is null or platform = $3)`;
  const rows = await tx.query<ProductRow & { total: number }>(
    `select counted.total, page.*
     from (select count(*)::int as total from inventory.sim where ${isListed}) as counted
     left join (
       select ${columns}
       from (select * from inventory.sim where ${isListed} order by account_id, iccid limit $4 offset $5) as sim
     ) as page on true
     order by "accountId", iccid`,
    // As values, not as a subquery: how many SIMs the accounts have decides which way is shorter.
    [await accountsOf(tx, accountId), status ?? null, platform ?? null, pageSize, (pageNumber - 1) * pageSize],
  );
  const products = rows.flatMap(({ total: _, ...product }) => (product.iccid ? [product] : []));
  return { products, total: rows[0]?.total ?? 0 };
}

/** The products that names stand for, at the names' indexes: undefined where there is none in the account's tree. */
export async function readProducts(
  tx: Tx,
  { accountId }: AccountScope,
  names: ProductName[],
): Promise<(ProductRow | undefined)[]> {
  const rows = await tx.query<ProductRow>(
    `select ${columns}
     from inventory.sim
     join inventory.account using (account_id)
     where iccid = any((select $2::text[])::text[]) and path @> array[$1::text]`,
    [accountId, texts([...new Set(names.map(({ iccid }) => iccid))])],
  );
  const products = new Map(rows.map((product) => [product.iccid, product]));
  return names.map(({ platform, iccid }) => {
    const product = products.get(iccid);
    return product?.platform === platform ? product : undefined;
  });
}

export const readProduct = async (tx: Tx, scope: AccountScope, name: ProductName): Promise<ProductRow | undefined> =>
  (await readProducts(tx, scope, [name]))[0];
