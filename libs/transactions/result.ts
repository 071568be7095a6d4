import type { OutcomeStatus } from '#libs/contracts';
import type { OperationStatus } from '#libs/operations';
import { toBusinessTransaction } from './business-transaction.js';
import type { Command, Decision } from './command.js';
import { deadLetterOf } from './dead-letters.js';
import type { Ended } from './ended.js';
import type { OutboxMessage } from './outbox.sql.js';

/** What became of a command, as its operation and its outcome tell it. */
export interface Result {
  operationStatus: OperationStatus;
  outcomeStatus: OutcomeStatus;
  /** of an operation that goes on */
  deadline: Date | null;
  businessTransactionId: string | null;
  /** JSON text */
  response: string | null;
  error: { code: string; message: string; details?: Record<string, unknown> } | null;
  /** business transaction, what goes on from here, and dead letter */
  messages: OutboxMessage[];
}

const nothing = { deadline: null, businessTransactionId: null, response: null, error: null, messages: [] };
const failed = { ...nothing, operationStatus: 'FAILED' } as const;
const completed = { ...nothing, operationStatus: 'COMPLETED', outcomeStatus: 'COMPLETED' } as const;

export function resultOf({ end, incoming }: Ended, source: string): Result {
  switch (end.kind) {
    case 'same':
      return { ...resultOf(end.first, source), messages: [] };
    case 'answered': {
      const { status, businessTransactionId, response, error } = end.answer;
      return {
        ...{ ...nothing, operationStatus: status, outcomeStatus: status === 'COMPLETED' ? 'COMPLETED' : 'REJECTED' },
        ...{ businessTransactionId, response: response === null ? null : JSON.stringify(response), error },
      };
    }
    case 'dead-lettered': {
      const { code, message, details } = end.error;
      const error = details === undefined ? { code, message } : { code, message, details };
      return {
        ...{ ...failed, outcomeStatus: 'FAILED', error },
        messages: [deadLetterOf({ record: incoming.record, ...end })],
      };
    }
    case 'tried':
      return { ...completed, response: '{"dryRun":true}' };
    case 'decided':
      return decided(end.command, end.decision, source);
  }
}

function decided(command: Command, decision: Decision, source: string): Result {
  switch (decision.status) {
    case 'REJECTED':
    case 'FAILED':
      return { ...failed, outcomeStatus: decision.status, error: decision.error };
    case 'ACCEPTED': {
      const { deadline, messages = [] } = decision;
      return { ...nothing, operationStatus: 'IN_PROGRESS', outcomeStatus: 'ACCEPTED', deadline, messages };
    }
    case 'COMPLETED': {
      if (decision.changes.length === 0) return completed;
      const { messages, response } = toBusinessTransaction(command, decision, source);
      return { ...completed, businessTransactionId: command.businessTransactionId, response, messages };
    }
  }
}
