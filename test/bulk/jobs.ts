import { commandTopic, type BulkAction, type CommandData, type Envelope } from '#libs/contracts';
import { stageItems, stageJob, type NewItem } from '#libs/bulk';
import type { KafkaRecord } from '#libs/kafka';
import { insertOperations, type OperationRow } from '#libs/operations';
import type { Database } from '#libs/postgres';
import { newId } from '#libs/runtime';
import { commandRecord, saveInventory, simRow, subscriberRow } from '#libs/testing';

/** Subscribers S-1 … S-`count`, Active, each with an active SIM that was activated once. */
export async function saveSubscribers(database: Database, count: number): Promise<void> {
  const subscribers = Array.from({ length: count }, (_, n) => subscriberRow(`S-${n + 1}`));
  const sims = subscribers.map((subscriber, n) => simRow(subscriber, `8901${String(n + 1).padStart(15, '0')}`));
  await saveInventory(database, { subscribers, sims });
  await database.execute('update inventory.sim set first_activated_at = now()');
}

export const resetItems = (from: number, to: number): { data: { subscriber: { externalId: string } } }[] =>
  Array.from({ length: to - from + 1 }, (_, n) => ({ data: { subscriber: { externalId: `S-${from + n}` } } }));

export const suspendItems = (from: number, to: number): { data: Record<string, unknown> }[] =>
  resetItems(from, to).map(({ data }) => ({ data: { ...data, state: 'Suspended' } }));

const topic = commandTopic('bulk-jobs');
type From = Partial<Envelope>;

export const submit = (data: CommandData<'SubmitBulkJob'>, envelope: From = {}): KafkaRecord =>
  commandRecord('SubmitBulkJob', data, { envelope, topic });
export const cancel = (jobId: string, envelope: From = {}): KafkaRecord =>
  commandRecord('CancelBulkJob', { jobId }, { envelope, topic });
export const retryFailed = (jobId: string, envelope: From = {}): KafkaRecord =>
  commandRecord('RetryFailedItems', { jobId }, { envelope, topic });

export const commandIdOf = ({ headers }: KafkaRecord): string => String(headers['ce_id']);

/** A job as the gateway admits it: staged in chunks, its operation, and the command that starts it. */
export async function stageByGateway(
  database: Database,
  action: BulkAction,
  items: { key?: string; data: object }[],
  chunk = 5000,
): Promise<{ jobId: string; record: KafkaRecord }> {
  const jobId = newId();
  const origin = { tenantId: 'ACME', accountId: 'ACME', actor: 'acme-crm', clientId: 'client', correlationId: 'c' };
  await stageJob(database, { jobId, ...origin, facade: 'admin', action, dryRun: false, retryOf: null });
  for (let start = 0; start < items.length; start += chunk) {
    const rows = items.slice(start, start + chunk).map((item, index): NewItem => {
      const ordinal = start + index + 1;
      return { ordinal, key: item.key ?? String(ordinal), data: JSON.stringify(item.data), operationId: newId() };
    });
    await database.transaction((tx) => stageItems(tx, jobId, rows));
  }
  await insertOperations(database, [jobOperation(jobId)]);
  const envelope = { id: jobId, source: '/simyard/gateway' };
  return { jobId, record: submit({ action }, envelope) };
}

function jobOperation(operationId: string): OperationRow {
  const now = new Date();
  const none = {
    ...{ entityType: null, entityId: null, requestId: null, transactionId: null, causationId: null, replayOf: null },
    ...{ businessTransactionId: null, request: null, response: null, error: null },
    ...{ sourceTopic: null, sourcePartition: null, sourceOffset: null },
  };
  return {
    ...none,
    ...{ operationId, tenantId: 'ACME', accountId: 'ACME', actor: 'acme-crm', clientId: 'client', facade: 'admin' },
    ...{ action: 'SubmitBulkJob', status: 'ACCEPTED', commandId: operationId, commandSource: '/simyard/gateway' },
    ...{ correlationId: 'c', createdAt: now, updatedAt: now, deadline: new Date(now.getTime() + 86_400_000) },
  };
}
