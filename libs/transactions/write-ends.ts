import { endOperations, insertOperations, startOperations, type OperationRow } from '#libs/operations';
import type { Tx } from '#libs/postgres';
import type { BatchResult, CallersNews, EndedCommand } from './command-metrics.js';
import { outcomeMessage } from './business-transaction.js';
import { writeDeadLetters } from './dead-letters.js';
import type { Unreadable } from './decode.js';
import { appendToOutbox, type OutboxMessage } from './outbox.sql.js';
import type { Ended } from './ended.js';
import { resultOf, type Result } from './result.js';

type EndedWithResult = Ended & { result: Result };

/** Writes operations, business transactions, outcomes and dead letters of a batch, one statement each. */
export async function writeEnds(
  tx: Tx,
  ended: Ended[],
  unreadable: Unreadable[],
  source: string,
): Promise<Omit<BatchResult, 'repeats'>> {
  const results = ended.map((one) => ({ ...one, result: resultOf(one, source) }));
  await writeOperations(tx, results, new Date());
  await appendToOutbox(
    tx,
    results.flatMap((one) => [...one.result.messages, outcomeOf(one, one.result, source)]),
  );
  const letters = [...(await writeDeadLetters(tx, unreadable)), ...ended.flatMap(letterOf)];
  return {
    ended: results.map(endedCommand),
    news: newsOf(results),
    deadLetters: letters.map(({ record, error }) => ({ topic: record.topic, code: error.code })),
  };
}

async function writeOperations(tx: Tx, results: EndedWithResult[], now: Date): Promise<void> {
  const started = results.filter(({ incoming }) => incoming.hasOperation);
  const [goingOn, ended] = [started.filter(isGoingOn), started.filter((one) => !isGoingOn(one))];
  await insertOperations(
    tx,
    results.filter(({ incoming }) => !incoming.hasOperation).map((one) => operationRow(one, one.result, now)),
  );
  await startOperations(
    tx,
    goingOn.map(({ incoming }) => incoming.operationId),
  );
  await endOperations(
    tx,
    ended.map(({ result, ...one }) => ({
      operationId: one.incoming.operationId,
      ...entityOf(one),
      status: result.operationStatus,
      businessTransactionId: result.businessTransactionId,
      response: result.response,
      error: result.error === null ? null : JSON.stringify(result.error),
      endedAt: now,
    })),
  );
}

const isGoingOn = ({ result }: EndedWithResult): boolean => result.operationStatus === 'IN_PROGRESS';

const newsOf = (results: EndedWithResult[]): CallersNews => ({
  written: results.some(({ result }) => result.messages.some(({ lane }) => lane !== 'stream')),
  ended: results.some((one) => !isGoingOn(one)),
});

function letterOf({ incoming: { record }, end }: Ended): Unreadable[] {
  return end.kind === 'dead-lettered' ? [{ record, ...end }] : [];
}

/** The sender's own time, where it gives a readable one. */
function endedCommand({ incoming: { envelope, record }, result }: EndedWithResult): EndedCommand {
  const sentAt = Date.parse(envelope.time ?? '');
  return {
    type: envelope.type,
    status: result.outcomeStatus,
    sentAt: Number.isNaN(sentAt) ? record.timestamp : sentAt,
  };
}

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
    deadline: result.deadline,
  };
}

/** The first entity that changed stands for the operation in lists. */
function entityOf({ end }: Ended): Pick<OperationRow, 'entityType' | 'entityId'> {
  const change = end.kind === 'decided' && end.decision.status === 'COMPLETED' ? end.decision.changes[0] : undefined;
  return { entityType: change?.entityType ?? null, entityId: change?.entityId ?? null };
}
