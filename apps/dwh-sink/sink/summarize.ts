import type { BusinessTransactionHeader } from '#libs/contracts';
import { compareText, type ReceivedChange } from './received-change.js';

/** A business transaction with the number of its changes that a batch inserts. */
export interface TransactionRow {
  header: BusinessTransactionHeader;
  changes: number;
}

export interface MetricRow {
  tenant: string;
  /** RFC 3339, start of the hour, UTC */
  hour: string;
  /** of the business transaction */
  type: string;
  entityType: string;
  operation: string;
  changes: number;
  transactions: number;
}

/** Business transactions of inserted changes, sorted by id: two sinks lock them in one order. */
export function summarizeTransactions(inserts: ReceivedChange[]): TransactionRow[] {
  const rows = new Map<string, TransactionRow>();
  for (const { change } of inserts) {
    const header = change.businessTransaction;
    const row = rows.get(header.id);
    if (row) row.changes += 1;
    else rows.set(header.id, { header, changes: 1 });
  }
  return [...rows].sort(([a], [b]) => compareText(a, b)).map(([, row]) => row);
}

/** What inserted changes add to the hourly metrics, sorted by key. */
export function summarizeMetrics(inserts: ReceivedChange[]): MetricRow[] {
  const rows = new Map<string, MetricRow>();
  for (const { change } of inserts) {
    const { entityType, operation, businessTransaction, sequence } = change;
    const { tenant, type, occurredAt } = businessTransaction;
    const hour = `${occurredAt.slice(0, 13)}:00:00Z`;
    const key = `${tenant}\0${hour}\0${type}\0${entityType}\0${operation}`;
    const row = rows.get(key) ?? { tenant, hour, type, entityType, operation, changes: 0, transactions: 0 };
    row.changes += 1;
    if (sequence === 1) row.transactions += 1;
    rows.set(key, row);
  }
  return [...rows].sort(([a], [b]) => compareText(a, b)).map(([, row]) => row);
}
