import {
  commandTopic,
  commandType,
  interactiveTopic,
  platformSource,
  toHeaders,
  type CommandName,
  type PlatformEnd,
  type PlatformSim,
  RecordPlatformResponse,
  RecordSimState,
} from '#libs/contracts';
import { newId } from '#libs/runtime';
import { outboxLane, type CallersLane, type OutboxMessage } from '#libs/transactions';
import type { NewRequest } from './request.js';
import { storableText } from './storable-text.js';

/** CloudEvents source of what platforms were found to have. */
export const reconciliationSource = '/simyard/reconciliation';

/** How a request ended. */
export interface RequestEnd {
  state: PlatformEnd;
  statusCode: number;
  message: string;
  sim: PlatformSim | null;
}

/** Tells the monitor how a platform's change ended; the command's id is the operation's, as it ends that. */
export function responseMessage(request: NewRequest, end: RequestEnd, writer: CallersLane): OutboxMessage {
  const { requestId, transactionId, change } = request;
  const data = Object.assign(new RecordPlatformResponse(), {
    ...(requestId !== null && { requestId }),
    ...(transactionId !== null && { transactionId }),
    ...simOf(request),
    // Of other changes it would say again what was asked for, and properties may fill half a command.
    ...{ change, ...end, sim: change.kind === 'status' ? end.sim : null, message: storableText(end.message) },
  });
  const ids = { id: request.operationId, source: platformSource };
  return commandMessage(request, writer, { ...ids, name: 'RecordPlatformResponse', time: new Date(), data });
}

/**
 * Tells the monitor what a platform has of a SIM.
 * @param askedAt when or before the platform was asked; the command's time
 */
export function simStateMessage(
  request: NewRequest,
  sim: PlatformSim,
  askedAt: Date,
  writer: CallersLane,
): OutboxMessage {
  const { operationId } = request;
  const data = Object.assign(new RecordSimState(), { ...simOf(request), operationId, sim });
  const ids = { id: newId(), source: reconciliationSource };
  return commandMessage(request, writer, { ...ids, name: 'RecordSimState', time: askedAt, data });
}

const simOf = ({
  platform,
  iccid,
  subscriberId,
}: NewRequest): Pick<NewRequest, 'platform' | 'iccid' | 'subscriberId'> => ({
  platform,
  iccid,
  subscriberId,
});

/** Keyed by the subscriber: what is said of one comes in the order in which it was found. */
function commandMessage(
  { lane, subscriberId, tenantId, actor, correlationId, operationId }: NewRequest,
  writer: CallersLane,
  { name, id, source, time, data }: { name: CommandName; id: string; source: string; time: Date; data: object },
): OutboxMessage {
  const type = commandType(name);
  const envelope = { id, source, type, time: time.toISOString(), tenant: tenantId, actor, correlationId };
  return {
    lane: outboxLane(writer, lane),
    id,
    aggregateType: 'Subscriber',
    aggregateId: subscriberId,
    type,
    topic: lane === 'interactive' ? interactiveTopic('monitor') : commandTopic('monitor'),
    key: subscriberId,
    headers: toHeaders({ ...envelope, causationId: operationId }),
    payload: JSON.stringify(data),
  };
}
