import type { Tx } from '#libs/postgres';
import type { OperationError, OperationStatus } from './operation.js';

/** An operation as its readers see it; JSON columns are parsed. */
export interface Operation extends OperationSummary {
  request: unknown;
  response: unknown;
}

export interface OperationSummary {
  operationId: string;
  tenantId: string;
  accountId: string;
  actor: string;
  facade: string;
  action: string;
  status: OperationStatus;
  commandId: string;
  commandSource: string;
  entityType: string | null;
  entityId: string | null;
  requestId: string | null;
  transactionId: string | null;
  correlationId: string;
  causationId: string | null;
  replayOf: string | null;
  businessTransactionId: string | null;
  error: OperationError | null;
  sourceTopic: string | null;
  sourcePartition: number | null;
  sourceOffset: string | null;
  createdAt: Date;
  updatedAt: Date;
  deadline: Date | null;
}

const summaryColumns = `
  operation_id as "operationId", tenant_id as "tenantId", account_id as "accountId", actor, facade, action, status,
  command_id as "commandId", command_source as "commandSource", entity_type as "entityType", entity_id as "entityId",
  request_id as "requestId", transaction_id as "transactionId", correlation_id as "correlationId",
  causation_id as "causationId", replay_of as "replayOf", business_transaction_id as "businessTransactionId", error::json,
  source_topic as "sourceTopic", source_partition as "sourcePartition", source_offset as "sourceOffset",
  created_at as "createdAt", updated_at as "updatedAt", deadline`;

/**
 * Rows of the tree under the account in parameter $1, which is read once per statement; of all accounts where it is null.
 */
const inTree = `($1::text is null or account_id = any(array(
  select account_id from inventory.account where path @> array[$1::text])))`;

/** The operation, when an account of the tree under `accountId` started it; null stands for all accounts. */
export async function readOperation(
  tx: Tx,
  accountId: string | null,
  operationId: string,
): Promise<Operation | undefined> {
  const [row] = await tx.query<Operation>(
    `select ${summaryColumns}, request::json, response::json from operations.operation
     where operation_id = $2 and ${inTree}`,
    [accountId, operationId],
  );
  return row;
}

export interface OperationFilter {
  status?: OperationStatus;
  action?: string;
  facade?: string;
  requestId?: string;
  correlationId?: string;
  /** accepted at or after; bounds how far a filter without an index looks back */
  from: Date;
  /** accepted before */
  to: Date;
  /** the last operationId of the page before */
  before?: string;
  /** rows of a page */
  limit: number;
}

/** Operations of the tree under `accountId`, newest first: a page of them. Null stands for all accounts. */
export function listOperations(tx: Tx, accountId: string | null, filter: OperationFilter): Promise<OperationSummary[]> {
  const parameters: unknown[] = [accountId, filter.from, filter.to, filter.limit];
  const conditions: string[] = [];
  const equals = (column: string, comparison: '=' | '<', value: unknown): void => {
    if (value === undefined) return;
    parameters.push(value);
    conditions.push(`and ${column} ${comparison} $${parameters.length}`);
  };
  equals('status', '=', filter.status);
  equals('action', '=', filter.action);
  equals('facade', '=', filter.facade);
  equals('request_id', '=', filter.requestId);
  equals('correlation_id', '=', filter.correlationId);
  equals('operation_id', '<', filter.before);
  return tx.query<OperationSummary>(
    `select ${summaryColumns} from operations.operation
     where ${inTree}
       and operation_id >= operations.uuid_at($2) and operation_id < operations.uuid_at($3)
       ${conditions.join(' ')}
     order by operation_id desc
     limit $4`,
    parameters,
  );
}
