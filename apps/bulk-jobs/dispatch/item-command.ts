import {
  bulkSource,
  commands,
  commandTopic,
  commandType,
  toHeaders,
  type BulkAction,
  type CommandData,
} from '#libs/contracts';
import type { OperationRow } from '#libs/operations';
import type { OutboxMessage } from '#libs/transactions';
import type { LiveJob } from './live-job.js';

/** An item as it is sent. Its operation's id is the command's id. */
export interface ItemCommand {
  operationId: string;
  ordinal: number;
  job: LiveJob;
  /** validated when it was staged */
  data: CommandData<BulkAction>;
  now: Date;
  deadline: Date;
  /** found before its entity is locked; not looked up for a family without entity locks */
  subscriberId: string | null;
  /** of the SIM, where the command changes it at its platform */
  platform: string | null;
}

export function itemCommand(
  job: LiveJob,
  item: { operationId: string; ordinal: number; data: string },
  now: Date,
  deadline: Date,
): ItemCommand {
  const { operationId, ordinal } = item;
  const stored = JSON.parse(item.data) as CommandData<BulkAction>;
  // Commands on resources need one, and the item is a request of its own.
  const data = { ...stored, requestId: stored.requestId ?? operationId };
  return { operationId, ordinal, job, data, now, deadline, subscriberId: null, platform: null };
}

/** Pure: the command's outbox row. */
export function toMessage({ operationId, job, data, now }: ItemCommand): OutboxMessage {
  const { action, tenantId, actor, correlationId, jobId, dryRun } = job;
  const type = commandType(action);
  const orderKey = orderKeyOf(data) ?? operationId;
  return {
    lane: 'stream',
    id: operationId,
    aggregateType: 'Subscriber',
    aggregateId: orderKey,
    type,
    topic: commandTopic(commands[action].service),
    key: orderKey,
    headers: toHeaders({
      ...{ id: operationId, type, source: bulkSource, time: now.toISOString(), tenant: tenantId, actor },
      ...{ correlationId, causationId: jobId },
      ...(dryRun && { dryRun: 'true' }),
    }),
    payload: JSON.stringify(data),
  };
}

/** Items of one subscriber keep their order, if they name him in one way. */
const orderKeyOf = ({ subscriber }: CommandData<BulkAction>): string | undefined =>
  subscriber?.refId ?? subscriber?.externalId ?? subscriber?.identifier?.value;

/** Pure: the operation that the command belongs to. Its request stays with the item. */
export function toOperation(item: ItemCommand): OperationRow {
  const { operationId, job, data, now, deadline, subscriberId } = item;
  return {
    operationId,
    tenantId: job.tenantId,
    accountId: job.accountId,
    actor: job.actor,
    clientId: job.clientId,
    facade: 'bulk',
    action: job.action,
    status: 'ACCEPTED',
    commandId: operationId,
    commandSource: bulkSource,
    entityType: subscriberId === null ? null : 'Subscriber',
    entityId: subscriberId,
    // Not the one that stands in for it: an index has those that callers gave.
    requestId: data.requestId === operationId ? null : (data.requestId ?? null),
    transactionId: data.transactionId ?? null,
    correlationId: job.correlationId,
    causationId: job.jobId,
    replayOf: null,
    businessTransactionId: null,
    request: null,
    response: null,
    error: null,
    sourceTopic: null,
    sourcePartition: null,
    sourceOffset: null,
    createdAt: now,
    updatedAt: now,
    deadline,
  };
}
