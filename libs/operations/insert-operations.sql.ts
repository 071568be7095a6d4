import { bigints, integers, rowsOf, texts, timestamps, uuids, type Tx } from '#libs/postgres';
import type { OperationRow } from './operation.js';

/** What a column is filled with. */
interface Column {
  type: string;
  arrayOf: (rows: OperationRow[]) => Buffer;
}

const columnOf =
  <Value>(type: string, array: (values: Value[]) => Buffer) =>
  (of: (row: OperationRow) => Value): Column => ({ type, arrayOf: (rows) => array(rows.map(of)) });

const uuid = columnOf('uuid', uuids);
const text = columnOf('text', texts);
const integer = columnOf('integer', integers);
const bigint = columnOf('bigint', bigints);
const time = columnOf('timestamptz', timestamps);

const columns: Record<string, Column> = {
  operation_id: uuid((row) => row.operationId),
  tenant_id: text((row) => row.tenantId),
  account_id: text((row) => row.accountId),
  actor: text((row) => row.actor),
  client_id: text((row) => row.clientId),
  facade: text((row) => row.facade),
  action: text((row) => row.action),
  status: text((row) => row.status),
  command_id: text((row) => row.commandId),
  command_source: text((row) => row.commandSource),
  entity_type: text((row) => row.entityType),
  entity_id: text((row) => row.entityId),
  request_id: text((row) => row.requestId),
  transaction_id: text(({ transactionId }) => (transactionId === '' ? null : transactionId)),
  correlation_id: text((row) => row.correlationId),
  causation_id: text((row) => row.causationId),
  replay_of: text((row) => row.replayOf),
  business_transaction_id: uuid((row) => row.businessTransactionId),
  request: text((row) => row.request),
  response: text((row) => row.response),
  error: text((row) => row.error),
  source_topic: text((row) => row.sourceTopic),
  source_partition: integer((row) => row.sourcePartition),
  source_offset: bigint((row) => row.sourceOffset),
  created_at: time((row) => row.createdAt),
  updated_at: time((row) => row.updatedAt),
  deadline: time((row) => row.deadline),
};

const filled = Object.values(columns);
const statement = `insert into operations.operation (${Object.keys(columns).join(', ')})
  ${rowsOf(filled.map(({ type }) => type))}`;

/** Inserts operations, open or already ended, in one statement. */
export async function insertOperations(tx: Tx, rows: OperationRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.write(
    statement,
    filled.map(({ arrayOf }) => arrayOf(rows)),
  );
}
