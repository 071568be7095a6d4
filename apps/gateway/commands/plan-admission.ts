import {
  commands,
  commandType,
  gatewaySource,
  interactiveTopic,
  toHeaders,
  type BulkAction,
  type CommandData,
  type CommandName,
  type Envelope,
} from '#libs/contracts';
import { SimyardError } from '#libs/errors';
import type { Reference } from '#libs/inventory';
import { lockPolicy, type Facade, type LockingOperation, type LockLevels } from '#libs/locks';
import { requestFingerprint, type OperationRow, type RequestKey } from '#libs/operations';
import type { Tx } from '#libs/postgres';
import type { OutboxMessage } from '#libs/transactions';
import type { Caller } from '../http/read-request.js';

/** A validated write, as its facade hands it over. */
export interface Write {
  facade: Facade;
  name: CommandName;
  data: CommandData<CommandName>;
  caller: Caller;
  /** idempotency key; without one, no later request is a repeat of this one */
  key?: string | undefined;
  /** within what the key is unique, see libs/operations */
  scope: string;
  /** Kafka key: commands of one key are handled in order; the operation's id when left out */
  orderKey?: string;
  /** what the items of a bulk job do: a user runs one bulk of an action at a time */
  bulkAction?: BulkAction;
  /** refused at once when the entity it locks is not in the caller's tree, and not by its command later */
  entityRequired?: boolean;
  /** chosen beforehand by who has stored rows under it already */
  operationId?: string;
  /** by which a repeat is known, when the command's data are not the whole request */
  fingerprint?: string;
  stage?: Stage;
}

/** Stores what belongs to a write in the transaction that admits it; not called for a repeat, nor for a refusal. */
export type Stage = (tx: Tx, operationId: string) => Promise<void>;

/** What is written to admit a write, in one transaction. */
export interface Admission {
  operation: OperationRow;
  requestKey: RequestKey;
  message: OutboxMessage;
  locks: LockWish;
  stage?: Stage;
}

/** The locks that a write is to have; which entity it changes is known once it has been looked up. */
export interface LockWish {
  levels: LockLevels;
  operation: LockingOperation;
  subscriber?: Reference;
  accountId?: string;
  /** there is no write without the entity */
  entityRequired: boolean;
}

/** Pure: the rows of a write. Its operation's id is the command's id. */
export function planAdmission(write: Write, operationId: string, now: Date, deadlineMs: number): Admission {
  const payload = JSON.stringify(write.data);
  const deadline = new Date(now.getTime() + deadlineMs);
  return {
    operation: operationRow(write, operationId, payload, now, deadline),
    requestKey: {
      tenantId: write.caller.client.tenantId,
      scope: write.scope,
      key: write.key ?? operationId,
      fingerprint: write.fingerprint ?? requestFingerprint(write.name, write.data),
      operationId,
    },
    message: messageOf(write, operationId, payload, now),
    locks: lockWish(write, operationId, deadline),
    ...(write.stage && { stage: write.stage }),
  };
}

function lockWish(write: Write, operationId: string, expiresAt: Date): LockWish {
  const { facade, name, data, caller, bulkAction, entityRequired = false } = write;
  const levels = lockPolicy[facade][name];
  if (!levels) throw new SimyardError('INTERNAL_ERROR', { cause: new Error(`no lock policy: ${facade} ${name}`) });
  const { tenantId, accountId, username } = caller.client;
  const action = bulkAction ?? name;
  const subscriber = levels.entity === 'Subscriber' && 'subscriber' in data ? data.subscriber : undefined;
  const account = levels.entity === 'Account' && 'accountId' in data ? data.accountId : undefined;
  return {
    levels,
    operation: { operationId, tenantId, accountId, username, facade, action, expiresAt },
    entityRequired,
    ...(subscriber && { subscriber }),
    ...(account !== undefined && { accountId: account }),
  };
}

function messageOf(write: Write, operationId: string, payload: string, now: Date): OutboxMessage {
  const key = write.orderKey ?? operationId;
  return {
    lane: 'gateway',
    id: operationId,
    aggregateType: aggregateType(write.name),
    aggregateId: key,
    type: commandType(write.name),
    topic: interactiveTopic(commands[write.name].service),
    key,
    headers: toHeaders(envelopeOf(write, operationId, now)),
    payload,
  };
}

function aggregateType(name: CommandName): string {
  if (commands[name].service === 'bulk-jobs') return 'BulkJob';
  return name.endsWith('ExternalParam') ? 'Account' : 'Subscriber';
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
