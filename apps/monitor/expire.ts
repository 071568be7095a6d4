import { errorCodes } from '#libs/errors';
import { commandType, type CommandName } from '#libs/contracts';
import { expireOperations, type ExpiredOperation } from '#libs/operations';
import type { Database } from '#libs/postgres';
import { appendToOutbox, outcomeMessage, type OutboxMessage } from '#libs/transactions';

const operationsPerPass = 500;

/** Ends operations past their deadline as TIMED_OUT, each with its outcome; returns how many. */
export function expireOnce(database: Database): Promise<number> {
  return database.transaction(async (tx) => {
    const expired = await expireOperations(tx, operationsPerPass);
    await appendToOutbox(tx, expired.map(timedOut));
    return expired.length;
  });
}

function timedOut(operation: ExpiredOperation): OutboxMessage {
  return outcomeMessage(
    {
      id: operation.commandId,
      type: commandType(operation.action as CommandName),
      source: operation.commandSource,
      tenant: operation.tenantId,
      actor: operation.actor,
      correlationId: operation.correlationId,
    },
    {
      commandId: operation.commandId,
      operationId: operation.operationId,
      status: 'FAILED',
      error: { code: 'OPERATION_TIMED_OUT', message: errorCodes.OPERATION_TIMED_OUT.message },
    },
    '/simyard/monitor',
  );
}
