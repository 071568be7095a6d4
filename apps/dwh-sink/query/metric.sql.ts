import type { Tx } from '#libs/postgres';

export interface MetricRow {
  /** start of the hour, UTC */
  hour: Date;
  type: string;
  entityType: string;
  operation: string;
  changes: number;
  /** business transactions whose first change is counted in this row */
  transactions: number;
}

export interface MetricQuery {
  tenantId: string;
  from: Date;
  to: Date;
  /** of the business transaction; undefined: all */
  type: string | undefined;
}

/** Counts of the hours that begin in [from, to). */
export function readMetrics(tx: Tx, { tenantId, from, to, type }: MetricQuery): Promise<MetricRow[]> {
  return tx.query<MetricRow>(
    `select hour, type, entity_type as "entityType", operation, changes::float8 as changes,
       transactions::float8 as transactions
     from dwh.metric_hourly
     where tenant_id = $1 and hour >= $2 and hour < $3 and ($4::text is null or type = $4)
     order by hour, type, entity_type, operation`,
    [tenantId, from, to, type ?? null],
  );
}
