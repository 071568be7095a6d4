import type { Tx } from '#libs/postgres';
import { byIds, idsAndBounds } from './by-ids.js';
import type { OperationError, OperationStatus } from './operation.js';

/** What became of an operation, as those get it who wait for it or repeat its request. */
export interface OperationAnswer {
  operationId: string;
  status: OperationStatus;
  correlationId: string;
  businessTransactionId: string | null;
  /** parsed JSON */
  response: unknown;
  error: OperationError | null;
}

const answerColumns = `operation_id as "operationId", status, correlation_id as "correlationId",
  business_transaction_id as "businessTransactionId", response::json, error::json`;

/** Answers of operations by id, open ones included; those that retention has removed are absent. */
export async function readAnswers(tx: Tx, operationIds: string[]): Promise<Map<string, OperationAnswer>> {
  if (operationIds.length === 0) return new Map();
  const rows = await tx.query<OperationAnswer>(
    `select ${answerColumns} from operations.operation where ${byIds(1)}`,
    idsAndBounds(operationIds),
  );
  return new Map(rows.map((row) => [row.operationId, row]));
}

/** Those of these operations that have ended: polled every few milliseconds while callers wait. */
export function readEnded(tx: Tx, operationIds: string[]): Promise<OperationAnswer[]> {
  return tx.query<OperationAnswer>(
    `select ${answerColumns} from operations.operation
     where ${byIds(1)} and status not in ('ACCEPTED', 'IN_PROGRESS')`,
    idsAndBounds(operationIds),
  );
}
