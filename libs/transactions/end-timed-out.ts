import { commandType, type CommandName, type CommandOutcome } from '#libs/contracts';
import { errorCodes } from '#libs/errors';
import { endCancelled, expireOperations, type EndedOperation, type OperationError } from '#libs/operations';
import type { Tx } from '#libs/postgres';
import { outcomeMessage } from './business-transaction.js';
import { appendToOutbox, type OutboxMessage } from './outbox.sql.js';

const operationsPerPass = 500;
/** CloudEvents source of outcomes that are not published by who handled the command. */
const source = '/simyard/monitor';

/**
 * Ends operations past their deadline as TIMED_OUT, frees their locks and publishes their outcomes: those given, or up to
 * 500. Never waits: an operation that is being handled is left. Returns the ids of those it has ended.
 */
export async function endTimedOut(tx: Tx, operationIds?: string[]): Promise<string[]> {
  if (operationIds?.length === 0) return [];
  const limit = operationIds?.length ?? operationsPerPass;
  const ended = await expireOperations(tx, operationIds === undefined ? { limit } : { limit, operationIds });
  return publishEnds(tx, ended, {
    code: 'OPERATION_TIMED_OUT',
    message: errorCodes.OPERATION_TIMED_OUT.message,
  });
}

const cancelled: OperationError = { code: 'OPERATION_CANCELLED', message: errorCodes.OPERATION_CANCELLED.message };

/**
 * Ends those of the operations that are open as CANCELLED, frees their locks and publishes their outcomes. Waits for one
 * that is being handled. Returns the ids of those it has ended.
 */
export async function cancelOperations(tx: Tx, operationIds: string[], error = cancelled): Promise<string[]> {
  return publishEnds(tx, await endCancelled(tx, operationIds, error), error);
}

async function publishEnds(tx: Tx, ended: EndedOperation[], error: OperationError): Promise<string[]> {
  await appendToOutbox(
    tx,
    ended.map((operation) => operationOutcome(operation, { status: 'FAILED', error }, source)),
  );
  return ended.map(({ operationId }) => operationId);
}

/** The outcome of a command whose operation ends elsewhere than in its handler's batch. */
export function operationOutcome(
  operation: EndedOperation,
  end: Pick<CommandOutcome, 'status' | 'error' | 'businessTransactionId'>,
  publisher: string,
): OutboxMessage {
  return outcomeMessage(
    {
      id: operation.commandId,
      type: commandType(operation.action as CommandName),
      source: operation.commandSource,
      tenant: operation.tenantId,
      actor: operation.actor,
      correlationId: operation.correlationId,
    },
    { commandId: operation.commandId, operationId: operation.operationId, ...end },
    publisher,
  );
}
