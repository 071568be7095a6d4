import {
  commands,
  commandType,
  gatewaySource,
  interactiveTopic,
  toHeaders,
  type CommandData,
  type CommandName,
  type Envelope,
} from '#libs/contracts';
import { requestFingerprint, type OperationRow, type RequestKey } from '#libs/operations';
import type { OutboxMessage } from '#libs/transactions';
import type { Caller } from '../http/read-request.js';

/** A validated write, as its facade hands it over. */
export interface Write {
  facade: string;
  name: CommandName;
  data: CommandData<CommandName>;
  caller: Caller;
  /** idempotency key and its scope, see libs/operations */
  key: string;
  scope: string;
  /** Kafka key: commands of one key are handled in order */
  orderKey: string;
}

/** What is written to admit a write, in one transaction. */
export interface Admission {
  operation: OperationRow;
  requestKey: RequestKey;
  message: OutboxMessage;
}

/** Pure: the rows of a write. Its operation's id is the command's id. */
export function planAdmission(write: Write, operationId: string, now: Date, deadlineMs: number): Admission {
  const { client } = write.caller;
  const payload = JSON.stringify(write.data);
  return {
    operation: operationRow(write, operationId, payload, now, new Date(now.getTime() + deadlineMs)),
    requestKey: {
      tenantId: client.tenantId,
      scope: write.scope,
      key: write.key,
      fingerprint: requestFingerprint(write.name, write.data),
      operationId,
    },
    message: {
      lane: 'interactive',
      id: operationId,
      aggregateType: 'Subscriber',
      aggregateId: write.orderKey,
      type: commandType(write.name),
      topic: interactiveTopic(commands[write.name].service),
      key: write.orderKey,
      headers: toHeaders(envelopeOf(write, operationId, now)),
      payload,
    },
  };
}

function envelopeOf({ name, caller }: Write, operationId: string, now: Date): Envelope {
  return {
    id: operationId,
    type: commandType(name),
    source: gatewaySource,
    time: now.toISOString(),
    tenant: caller.client.tenantId,
    actor: caller.client.username,
    correlationId: caller.correlationId,
    ...(caller.traceparent !== undefined && { traceparent: caller.traceparent }),
  };
}

function operationRow(write: Write, operationId: string, request: string, now: Date, deadline: Date): OperationRow {
  const { client, correlationId } = write.caller;
  return {
    operationId,
    tenantId: client.tenantId,
    accountId: client.accountId,
    actor: client.username,
    clientId: client.clientId,
    facade: write.facade,
    action: write.name,
    status: 'ACCEPTED',
    commandId: operationId,
    commandSource: gatewaySource,
    entityType: null,
    entityId: null,
    requestId: write.data.requestId ?? null,
    transactionId: write.data.transactionId ?? null,
    correlationId,
    causationId: null,
    replayOf: null,
    businessTransactionId: null,
    request,
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
