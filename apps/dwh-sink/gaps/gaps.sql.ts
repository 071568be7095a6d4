import type { Tx } from '#libs/postgres';
import { visibleTo, type View } from '../query/view.js';

export interface VersionGap {
  kind: 'MISSING_VERSIONS';
  entityType: string;
  entityId: string;
  accountId: string;
  /** bounds are included */
  missing: { from: number; to: number }[];
  since: Date;
}

export interface TransactionGap {
  kind: 'INCOMPLETE_TRANSACTION';
  businessTransactionId: string;
  type: string;
  accountId: string;
  entityCount: number;
  storedCount: number;
  since: Date;
}

export interface OpenGaps {
  /** entities that lack versions */
  entities: number;
  /** versions that are missing */
  versions: number;
  /** transactions that lack changes for longer than the grace */
  transactions: number;
  /** when they were counted, by the database's clock */
  countedAt: string;
}

const overdue = `stored_count < entity_count and stored_at < now() - make_interval(secs => $1::float8 / 1000)`;

/** Counts open gaps; both counts read only what is open. */
export async function countGaps(tx: Tx, graceMs: number): Promise<OpenGaps> {
  const [row] = await tx.query<OpenGaps>(
    `select
       (select count(*)::int from dwh.version_gap) as entities,
       (select coalesce(sum(upper(span) - lower(span)), 0)::float8 from dwh.version_gap, unnest(missing) as span) as versions,
       (select count(*)::int from dwh.business_transaction where ${overdue}) as transactions,
       now()::text as "countedAt"`,
    [graceMs],
  );
  if (!row) throw new Error('A select without from has one row');
  return row;
}

/** Incomplete transactions that became overdue between two counts, oldest first. */
export function overdueBetween(
  tx: Tx,
  graceMs: number,
  counts: { from: string; to: string },
  limit: number,
): Promise<TransactionGap[]> {
  return tx.query<TransactionGap>(
    `select ${transactionColumns} from dwh.business_transaction
     where stored_count < entity_count
       and stored_at + make_interval(secs => $1::float8 / 1000) >= $2::timestamptz
       and stored_at + make_interval(secs => $1::float8 / 1000) < $3::timestamptz
     order by stored_at limit $4`,
    [graceMs, counts.from, counts.to, limit],
  );
}

const transactionColumns = `'INCOMPLETE_TRANSACTION' as kind, business_transaction_id as "businessTransactionId", type,
  account_id as "accountId", entity_count as "entityCount", stored_count as "storedCount", stored_at as since`;

/** Missing versions that the view may see, oldest first. */
export function readVersionGaps(tx: Tx, view: View, limit: number): Promise<VersionGap[]> {
  return tx.query<VersionGap>(
    `select 'MISSING_VERSIONS' as kind, entity_type as "entityType", entity_id as "entityId",
       account_id as "accountId", opened_at as since,
       (select json_agg(json_build_object('from', lower(span), 'to', upper(span) - 1)) from unnest(missing) as span) as missing
     from dwh.version_gap where ${visibleTo(1)} order by opened_at, entity_type, entity_id limit $3`,
    [view.tenantId, view.accountIds, limit],
  );
}

/** Overdue incomplete transactions that the view may see, oldest first. */
export function readTransactionGaps(tx: Tx, view: View, graceMs: number, limit: number): Promise<TransactionGap[]> {
  return tx.query<TransactionGap>(
    `select ${transactionColumns} from dwh.business_transaction
     where ${overdue} and ${visibleTo(2)} order by stored_at, business_transaction_id limit $4`,
    [graceMs, view.tenantId, view.accountIds, limit],
  );
}
