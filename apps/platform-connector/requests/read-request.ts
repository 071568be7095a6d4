import { laneOfTopic, PlatformRequest, platformRequestType, validateData } from '#libs/contracts';
import { asSimyardError, SimyardError } from '#libs/errors';
import type { KafkaRecord } from '#libs/kafka';
import type { NewRequest } from '#libs/platforms';
import { readMessage, type Unreadable } from '#libs/transactions';

/** Parts records into requests and what cannot be read. */
export function readRequests(records: KafkaRecord[]): { requests: NewRequest[]; unreadable: Unreadable[] } {
  const requests: NewRequest[] = [];
  const unreadable: Unreadable[] = [];
  for (const record of records) {
    try {
      requests.push(readRequest(record));
    } catch (error) {
      unreadable.push({ record, error: asSimyardError(error), attempts: 1 });
    }
  }
  return { requests, unreadable };
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Throws a SimyardError with disposition dead-letter. */
function readRequest(record: KafkaRecord): NewRequest {
  const { envelope, readData } = readMessage(record);
  const { id, type, tenant, actor, correlationId } = envelope;
  if (type !== platformRequestType) throw new SimyardError('COMMAND_TYPE_UNKNOWN', { details: { type } });
  if (!uuid.test(id)) throw new SimyardError('MESSAGE_ENVELOPE_INVALID', { details: { field: 'ce_id' } });
  const options = { unknownProperties: 'ignore' } as const;
  const { data, problems } = validateData<PlatformRequest>(PlatformRequest, readData(), options);
  if (data === undefined) throw new SimyardError('MESSAGE_DATA_INVALID', { details: { problems } });
  const { platform, iccid, subscriberId, change, requestId, transactionId } = data;
  return {
    ...{ operationId: id, tenantId: tenant, actor, correlationId, platform, iccid, subscriberId, change },
    requestId: requestId ?? null,
    transactionId: transactionId ?? null,
    lane: laneOfTopic(record.topic),
  };
}
