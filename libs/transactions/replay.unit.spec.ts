import { describe, expect, it } from '@jest/globals';
import { contentTypeStructured, gatewaySource } from '#libs/contracts';
import type { KafkaRecord } from '#libs/kafka';
import { commandRecord } from '#libs/testing';
import { decode } from './decode.js';
import { readDeadLetter, replayMessage } from './replay.js';

const topic = 'simyard.resource-swap.commands.v1';
const data = {
  requestId: 'r1',
  subscriber: { externalId: 'SUB-1' },
  resourceType: 'MSISDN',
  swapResource: '18685550101',
  resource: '18685550102',
};
const now = new Date(0);
const cause = { dlt_cause: 'INTERNAL_ERROR', dlt_partition: '3' };

function letter(value: unknown = data, envelope: Parameters<typeof commandRecord>[2] = {}): KafkaRecord {
  const record = commandRecord('SwapSubscriberResource', value, envelope);
  return { ...record, headers: { ...record.headers, ...cause, custom: Buffer.from('kept') } };
}

function replayed(record: KafkaRecord, number = 1) {
  const { command } = readDeadLetter(record);
  if (typeof command === 'string') throw new Error(command);
  return replayMessage(topic, command, number, now);
}

describe('a replay', () => {
  it('is the same command under an id that follows from the old one and its number', () => {
    const envelope = { id: 'crm-1', source: gatewaySource, correlationId: 'c-1' };
    const record = letter(data, { envelope });
    const message = replayed(record);
    expect(message).toMatchObject({
      ...{ topic, key: record.key, value: record.value },
      headers: {
        ...{ ce_source: '/simyard/replay', ce_replayof: 'crm-1', ce_causationid: 'crm-1', ce_correlationid: 'c-1' },
        ...{ ce_tenant: 'ACME', ce_actor: 'acme-crm', ce_time: now.toISOString(), custom: Buffer.from('kept') },
      },
    });
    expect(Object.keys(message.headers).filter((name) => name.startsWith('dlt_'))).toEqual([]);
    const ids = [record, record, letter({ ...data, requestId: 'r2' }, { envelope })].map(
      (each) => replayed(each).headers['ce_id'],
    );
    expect(ids[0]).toBe(ids[1]);
    expect(new Set([...ids, replayed(record, 2).headers['ce_id']]).size).toBe(3);
  });

  it('is in binary mode, also of a command in structured mode', () => {
    const event = {
      id: 'crm-1',
      type: 'simyard.SwapSubscriberResource.v1',
      source: '/crm',
      tenant: 'ACME',
      actor: 'a',
    };
    const record = letter({ specversion: '1.0', ...event, data });
    record.headers = { ...cause, 'content-type': contentTypeStructured };
    const message = replayed(record);
    const read = decode({ ...record, headers: message.headers, value: Buffer.from(String(message.value)) });
    expect(read).toMatchObject({ envelope: { replayOf: 'crm-1', tenant: 'ACME', actor: 'a' }, body: { data } });
  });

  it.each([
    ['MESSAGE_NOT_JSON', letter(data, { value: Buffer.from('{') })],
    ['MESSAGE_DATA_INVALID', letter({ ...data, resource: 7 })],
    ['MESSAGE_ENVELOPE_INVALID', { ...letter(), headers: cause }],
  ])('is refused with %s, as it would end so again', (code, record) => {
    expect(readDeadLetter(record)).toMatchObject({ cause: 'INTERNAL_ERROR', command: code });
  });
});
