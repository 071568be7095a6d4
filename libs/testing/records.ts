import { randomUUID } from 'node:crypto';
import { commandTopic, commandType, toHeaders, type CommandName, type Envelope } from '#libs/contracts';
import type { KafkaRecord } from '#libs/kafka';

let nextOffset = 0n;

/** A command as it would come from Kafka; any attribute, header or the value itself can be set otherwise. */
export function commandRecord(
  name: CommandName,
  data: unknown,
  options: { envelope?: Partial<Envelope>; value?: Buffer | null; key?: string; topic?: string } = {},
): KafkaRecord {
  const id = options.envelope?.id ?? randomUUID();
  const envelope: Envelope = {
    id,
    type: commandType(name),
    source: '/test/producer',
    tenant: 'ACME',
    actor: 'acme-crm',
    correlationId: `correlation-${id}`,
    ...options.envelope,
  };
  nextOffset += 1n;
  return {
    topic: options.topic ?? commandTopic('resource-swap'),
    partition: 0,
    offset: nextOffset,
    key: Buffer.from(options.key ?? 'SUB-1'),
    value: options.value === undefined ? Buffer.from(JSON.stringify(data)) : options.value,
    headers: toHeaders(envelope),
    timestamp: Date.now(),
  };
}
