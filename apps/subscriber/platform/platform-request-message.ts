import {
  interactivePlatformRequestsTopic,
  platformRequestsTopic,
  platformRequestType,
  toHeaders,
  type Plain,
  type PlatformChange,
  type PlatformRequest,
} from '#libs/contracts';
import type { Sim, Subscriber } from '#libs/inventory';
import { outboxLane, type Command, type OutboxMessage } from '#libs/transactions';

const source = '/simyard/subscriber';

/** Asks the SIM's platform for a change; the event's id is the operation's, which the platform's answer ends. */
export function platformRequestMessage(
  command: Command,
  subscriber: Subscriber,
  sim: Sim & { platform: string },
  change: Plain<PlatformChange>,
): OutboxMessage {
  const { envelope, operationId, lane } = command;
  const { requestId, transactionId } = command.data as Pick<PlatformRequest, 'requestId' | 'transactionId'>;
  const { platform, iccid } = sim;
  const request: Plain<PlatformRequest> = {
    ...(requestId === undefined ? {} : { requestId }),
    ...(transactionId === undefined ? {} : { transactionId }),
    ...{ platform, iccid, subscriberId: subscriber.subscriberId, change },
  };
  const key = `${platform}:${iccid}`;
  return {
    lane: outboxLane('subscriber', lane),
    id: operationId,
    aggregateType: 'PlatformRequest',
    aggregateId: key,
    type: platformRequestType,
    topic: lane === 'interactive' ? interactivePlatformRequestsTopic : platformRequestsTopic,
    key,
    headers: toHeaders({
      ...{ id: operationId, type: platformRequestType, source, subject: `SIM/${iccid}` },
      ...{ tenant: envelope.tenant, actor: envelope.actor, correlationId: envelope.correlationId },
      causationId: envelope.id,
      ...(envelope.traceparent === undefined ? {} : { traceparent: envelope.traceparent }),
    }),
    payload: JSON.stringify(request),
  };
}
