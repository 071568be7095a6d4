import type { Tx } from '#libs/postgres';

/** A business transaction as stored; its changes tell who may see it. */
export interface TransactionRow {
  id: string;
  type: string;
  operationId: string;
  commandId: string;
  requestId: string | null;
  transactionId: string | null;
  correlationId: string;
  tenant: string;
  actor: string;
  occurredAt: Date;
  entityCount: number;
  storedCount: number;
}

export async function readTransaction(tx: Tx, tenantId: string, id: string): Promise<TransactionRow | undefined> {
  const [row] = await tx.query<TransactionRow>(
    `select business_transaction_id as id, type, operation_id as "operationId", command_id as "commandId",
       request_id as "requestId", transaction_id as "transactionId", correlation_id as "correlationId",
       tenant_id as tenant, actor, occurred_at as "occurredAt", entity_count as "entityCount",
       stored_count as "storedCount"
     from dwh.business_transaction where business_transaction_id = $1 and tenant_id = $2`,
    [id, tenantId],
  );
  return row;
}
