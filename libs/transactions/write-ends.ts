import type { OutcomeStatus } from '#libs/contracts';
import { endOperations, insertOperations, type OperationRow, type OperationStatus } from '#libs/operations';
import type { Tx } from '#libs/postgres';
import type { BatchResult, EndedCommand } from './command-metrics.js';
import { outcomeMessage, toBusinessTransaction } from './business-transaction.js';
import { writeDeadLetters, deadLetterOf } from './dead-letters.js';
import type { Unreadable } from './decode.js';
import { appendToOutbox, type OutboxMessage } from './outbox.sql.js';
import type { Ended } from './ended.js';

/** How a command ended, as its operation and its outcome tell it. */
interface Result {
  operationStatus: OperationStatus;
  outcomeStatus: OutcomeStatus;
  businessTransactionId: string | null;
  /** JSON text */
  response: string | null;
  error: { code: string; message: string; details?: Record<string, unknown> } | null;
  /** business transaction and dead letter */
  messages: OutboxMessage[];
}

/** Writes operations, business transactions, outcomes and dead letters of a batch: four statements at most. */
export async function writeEnds(
  tx: Tx,
  ended: Ended[],
  unreadable: Unreadable[],
  source: string,
): Promise<Omit<BatchResult, 'repeats'>> {
  const results = ended.map((one) => ({ ...one, result: resultOf(one, source) }));
  const now = new Date();
  await insertOperations(
    tx,
    results.filter(({ incoming }) => !incoming.fromGateway).map((one) => operationRow(one, one.result, now)),
  );
  await endOperations(
    tx,
    results
      .filter(({ incoming }) => incoming.fromGateway)
      .map(({ incoming, result }) => ({
        operationId: incoming.operationId,
        status: result.operationStatus,
        businessTransactionId: result.businessTransactionId,
        response: result.response,
        error: result.error === null ? null : JSON.stringify(result.error),
        endedAt: now,
      })),
  );
  await appendToOutbox(
    tx,
    results.flatMap((one) => [...one.result.messages, outcomeOf(one, one.result, source)]),
  );
  const letters = [...(await writeDeadLetters(tx, unreadable)), ...ended.flatMap(letterOf)];
  return {
    ended: results.map(endedCommand),
    deadLetters: letters.map(({ record, error }) => ({ topic: record.topic, code: error.code })),
  };
}

function letterOf({ incoming: { record }, end }: Ended): Unreadable[] {
  return end.kind === 'dead-lettered' ? [{ record, ...end }] : [];
}

/** The sender's own time, where it gives a readable one. */
function endedCommand({ incoming: { envelope, record }, result }: Ended & { result: Result }): EndedCommand {
  const sentAt = Date.parse(envelope.time ?? '');
  return {
    type: envelope.type,
    status: result.outcomeStatus,
    sentAt: Number.isNaN(sentAt) ? record.timestamp : sentAt,
  };
}

function resultOf(ended: Ended, source: string): Result {
  const { end, incoming } = ended;
  if (end.kind === 'same') return { ...resultOf(end.first, source), messages: [] };
  if (end.kind === 'answered') {
    const { answer } = end;
    return {
      operationStatus: answer.status,
      outcomeStatus: answer.status === 'COMPLETED' ? 'COMPLETED' : 'REJECTED',
      businessTransactionId: answer.businessTransactionId,
      response: answer.response === null ? null : JSON.stringify(answer.response),
      error: answer.error,
      messages: [],
    };
  }
  if (end.kind === 'dead-lettered') {
    const { code, message, details } = end.error;
    const error = details === undefined ? { code, message } : { code, message, details };
    return { ...failed, outcomeStatus: 'FAILED', error, messages: [deadLetterOf({ record: incoming.record, ...end })] };
  }
  const { command, decision } = end;
  if (decision.status === 'REJECTED')
    return { ...failed, outcomeStatus: 'REJECTED', error: decision.error, messages: [] };
  const { messages, response } = toBusinessTransaction(command, decision, source);
  return {
    operationStatus: 'COMPLETED',
    outcomeStatus: 'COMPLETED',
    businessTransactionId: command.businessTransactionId,
    response,
    error: null,
    messages,
  };
}

const failed = { operationStatus: 'FAILED', businessTransactionId: null, response: null } as const;

function outcomeOf({ incoming }: Ended, result: Result, source: string): OutboxMessage {
  return outcomeMessage(
    incoming.envelope,
    {
      commandId: incoming.envelope.id,
      operationId: incoming.operationId,
      status: result.outcomeStatus,
      ...(result.error === null ? {} : { error: result.error }),
      ...(result.businessTransactionId === null ? {} : { businessTransactionId: result.businessTransactionId }),
    },
    source,
  );
}

function operationRow(ended: Ended, result: Result, now: Date): OperationRow {
  const { envelope, record, actor, operationId, body } = ended.incoming;
  const data = 'data' in body ? body.data : {};
  return {
    operationId,
    tenantId: actor.tenantId,
    accountId: actor.accountId,
    actor: actor.username,
    clientId: null,
    facade: 'kafka',
    action: 'name' in body ? body.name : envelope.type,
    status: result.operationStatus,
    commandId: envelope.id,
    commandSource: envelope.source,
    ...entityOf(ended),
    requestId: data.requestId ?? null,
    transactionId: data.transactionId ?? null,
    correlationId: envelope.correlationId,
    causationId: envelope.causationId ?? null,
    replayOf: envelope.replayOf ?? null,
    businessTransactionId: result.businessTransactionId,
    request: null,
    response: result.response,
    error: result.error === null ? null : JSON.stringify(result.error),
    sourceTopic: record.topic,
    sourcePartition: record.partition,
    sourceOffset: String(record.offset),
    createdAt: now,
    updatedAt: now,
    deadline: null,
  };
}

/** The first entity that changed stands for the operation in lists. */
function entityOf({ end }: Ended): Pick<OperationRow, 'entityType' | 'entityId'> {
  const change = end.kind === 'decided' && end.decision.status === 'COMPLETED' ? end.decision.changes[0] : undefined;
  return { entityType: change?.entityType ?? null, entityId: change?.entityId ?? null };
}
