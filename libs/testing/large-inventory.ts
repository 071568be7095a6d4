import { insertOffers } from '#libs/inventory';
import type { Database, Tx } from '#libs/postgres';
import { offers } from './inventory.js';
import { saveAccounts } from './inventory-rows.js';
import { undone } from './undone.js';
import { watched } from './watched.js';

/**
 * Fills an empty inventory with subscribers L-1 … L-`count` of the account ACME-TT, each with a SIM, a username, a past
 * number, the number 1000000000 + its index and the offer IOT-10MB, and with as many external parameters P-1 …, of which
 * ACME-TT has every hundredth; analyzes the tables.
 */
export async function saveLargeInventory(database: Database, count: number): Promise<void> {
  await database.transaction(async (tx) => {
    await saveAccounts(tx);
    await insertOffers(tx, offers);
    for (const statement of fill) await tx.execute(statement, [count]);
  });
  await database.execute('analyze');
}

const fill = [
  `insert into inventory.subscriber
     select gen_random_uuid(), 'ACME', 'ACME-TT', 'L-' || n, 'Active', 'JASPER', 1, now(), now()
     from generate_series(1, $1::int) as n order by random()`,
  `insert into inventory.sim
     select '8901' || lpad(substr(external_id, 3), 16, '0'), tenant_id, account_id, subscriber_id, null, platform, 'ACTIVE', 1, now(), now()
     from inventory.subscriber where $1 > 0`,
  `insert into inventory.resource
     select 'MSISDN', '', (1000000000 + substr(external_id, 3)::int)::text, gen_random_uuid(), tenant_id, subscriber_id, 2, now()
     from inventory.subscriber where $1 > 0`,
  `insert into inventory.resource
     select 'USERNAME', tenant_id, lower(external_id), gen_random_uuid(), tenant_id, subscriber_id, 1, now()
     from inventory.subscriber where $1 > 0`,
  `insert into inventory.resource_history
     select subscriber_id, resource_id, 1, tenant_id, type, value, now(), now(), gen_random_uuid()
     from inventory.resource where type = 'MSISDN' and $1 > 0`,
  `insert into inventory.subscriber_offer
     select gen_random_uuid(), subscriber_id, tenant_id, 'IOT-10MB', 1, now() from inventory.subscriber where $1 > 0`,
  `insert into inventory.external_param
     select gen_random_uuid(), 'ACME', case when n % 100 = 0 then 'ACME-TT' else 'OTHER-' || n % 100 end, 'P-' || n, 'value',
       1, now(), now()
     from generate_series(1, $1::int) as n order by random()`,
];

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  Plans?: PlanNode[];
}

/** Large tables that some statement of `work` reads as a whole, each with that statement. Changes nothing. */
export async function sequentialScans(
  database: Database,
  largeTables: string[],
  work: (tx: Tx) => Promise<unknown>,
): Promise<string[]> {
  const scans: string[] = [];
  await undone(database, (tx) =>
    work(watched(tx, async ({ sql, parameters }) => scans.push(...(await scansOf(tx, largeTables, sql, parameters))))),
  );
  return scans;
}

async function scansOf(tx: Tx, largeTables: string[], sql: string, parameters?: unknown[]): Promise<string[]> {
  const [row] = await tx.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(`explain (format json) ${sql}`, parameters);
  return row ? scannedTables(row['QUERY PLAN'][0].Plan, largeTables).map((table) => `${table}: ${sql}`) : [];
}

function scannedTables(node: PlanNode, largeTables: string[]): string[] {
  const table = node['Relation Name'] ?? '';
  const own = node['Node Type'] === 'Seq Scan' && largeTables.includes(table) ? [table] : [];
  return [...own, ...(node.Plans ?? []).flatMap((child) => scannedTables(child, largeTables))];
}
