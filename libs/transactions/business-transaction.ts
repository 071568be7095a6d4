import { newId } from '#libs/runtime';
import {
  businessTransactionsTopic,
  commandOutcomesTopic,
  commandOutcomeType,
  entityChangedType,
  isoTime,
  toHeaders,
  type BusinessTransactionHeader,
  type CommandOutcome,
  type Envelope,
} from '#libs/contracts';
import type { Change, Command, Decision } from './command.js';
import type { OutboxMessage } from './outbox.sql.js';

type Completed = Extract<Decision, { status: 'COMPLETED' }>;

/** What a completed command publishes, and the answer its caller gets: JSON, made once for both. */
export interface BusinessTransaction {
  messages: OutboxMessage[];
  /** `{"businessTransaction":{…,"entities":[…]}}`, without entities outside the caller's account tree */
  response: string;
}

/** One message per changed entity; `source` is the CloudEvents source of the publishing service. */
export function toBusinessTransaction(command: Command, decision: Completed, source: string): BusinessTransaction {
  const entities = decision.changes.map(entityJson);
  const messages = decision.changes.map((change, index) => {
    const header = JSON.stringify(headerOf(command, decision, change));
    return changeMessage(command, decision, change, source, {
      payload: `{"businessTransaction":${header},"sequence":${index + 1},${entities[index]?.slice(1) ?? '}'}`,
    });
  });
  const shown = entities.filter((_, index) => !decision.changes[index]?.outsideTree);
  const header = { ...headerOf(command, decision, decision.changes[0] ?? command.actor), entityCount: shown.length };
  const opened = JSON.stringify(header).slice(0, -1);
  return { messages, response: `{"businessTransaction":${opened},"entities":[${shown.join()}]}}` };
}

function entityJson({ entityType, entityId, version, operation, before, after }: Change): string {
  return JSON.stringify({ entityType, entityId, version, operation, before, after });
}

/** Tenant and account are the changed entity's, which need not be the actor's: a number may come from another tenant. */
function headerOf(
  command: Command,
  decision: Completed,
  { tenantId, accountId }: Pick<Change, 'tenantId' | 'accountId'>,
): BusinessTransactionHeader {
  const { requestId, transactionId } = command.data as { requestId?: string; transactionId?: string };
  return {
    id: command.businessTransactionId,
    type: command.action,
    operationId: command.operationId,
    commandId: command.envelope.id,
    ...(requestId === undefined ? {} : { requestId }),
    // An empty one says no more than one that is left out, and the warehouse takes none.
    ...(transactionId ? { transactionId } : {}),
    correlationId: command.envelope.correlationId,
    tenant: tenantId,
    accountId,
    actor: command.actor.username,
    occurredAt: isoTime(decision.occurredAt),
    entityCount: decision.changes.length,
  };
}

function changeMessage(
  command: Command,
  decision: Completed,
  change: Change,
  source: string,
  { payload }: { payload: string },
): OutboxMessage {
  const id = newId();
  return {
    lane: 'stream',
    id,
    aggregateType: 'BusinessTransaction',
    aggregateId: change.aggregateId,
    type: entityChangedType,
    topic: businessTransactionsTopic,
    key: change.aggregateId,
    headers: toHeaders({
      ...eventEnvelope(command.envelope, id, entityChangedType, source),
      tenant: change.tenantId,
      time: isoTime(decision.occurredAt),
      subject: `${change.entityType}/${change.entityId}`,
    }),
    payload,
  };
}

/** The outcome of a command, for the system that sent it. */
export function outcomeMessage(envelope: Envelope, outcome: CommandOutcome, source: string): OutboxMessage {
  const id = newId();
  return {
    lane: 'stream',
    id,
    aggregateType: 'Command',
    aggregateId: envelope.id,
    type: commandOutcomeType,
    topic: commandOutcomesTopic,
    key: envelope.id,
    headers: toHeaders({
      ...eventEnvelope(envelope, id, commandOutcomeType, source),
      time: isoTime(new Date()),
      subject: envelope.id,
    }),
    payload: JSON.stringify(outcome),
  };
}

function eventEnvelope(command: Envelope, id: string, type: string, source: string): Envelope {
  return {
    id,
    type,
    source,
    tenant: command.tenant,
    actor: command.actor,
    correlationId: command.correlationId,
    causationId: command.id,
    ...(command.traceparent === undefined ? {} : { traceparent: command.traceparent }),
  };
}
