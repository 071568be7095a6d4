import { expectStatus, type Api } from './api.js';
import { poll } from './poll.js';

/** As GET /admin/v1/operations shows it. */
export interface OperationView {
  operationId: string;
  status: string;
  businessTransactionId?: string;
  error?: { code: string; message: string };
}

/** As GET /dwh/v1/business-transactions/{id} shows it. */
export interface StoredTransaction {
  id: string;
  type: string;
  entityCount: number;
  storedCount: number;
  changes: StoredChange[];
}

export interface StoredChange {
  entityType: string;
  entityId: string;
  version: number;
  operation: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  kafka: { topic: string; partition: number; offset: string };
}

const timeoutMs = 30_000;
const open = ['ACCEPTED', 'IN_PROGRESS'];

/** Waits for the end of the one command from Kafka with this correlation id; a bulk job's items have it too. */
export function untilEnded(
  gateway: Pick<Api, 'get'>,
  correlationId: string,
  signal: AbortSignal,
): Promise<OperationView> {
  const ask = async (): Promise<OperationView | undefined> => {
    const reply = await gateway.get('/admin/v1/operations', { correlationId, facade: 'kafka' });
    const { operations } = expectStatus<{ operations: OperationView[] }>('GET /admin/v1/operations', reply, 200);
    return operations.find(({ status }) => !open.includes(status));
  };
  return poll(`the outcome of the command ${correlationId}`, ask, { signal, timeoutMs });
}

/** Waits until the warehouse has all changes of a business transaction. */
export function untilStored(warehouse: Api, id: string, signal: AbortSignal): Promise<StoredTransaction> {
  const ask = async (): Promise<StoredTransaction | undefined> => {
    const reply = await warehouse.get(`/dwh/v1/business-transactions/${id}`);
    if (reply.status === 404) return undefined;
    const stored = expectStatus<StoredTransaction>('GET /dwh/v1/business-transactions', reply, 200);
    return stored.storedCount === stored.entityCount ? stored : undefined;
  };
  return poll(`the rows of business transaction ${id} in the warehouse`, ask, { signal, timeoutMs });
}
