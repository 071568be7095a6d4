import { randomUUID } from 'node:crypto';
import { commandTopic, commandType, toHeaders } from '#libs/contracts';
import { createProducer, sendPatiently, type KafkaClient, type OutgoingMessage } from '#libs/kafka';
import { benchActor, benchTenant, externalIdOf, msisdnOf } from './fleet.js';

/** Sends swaps of `count` subscribers from `first` on, each to the number of its next swap; `round` counts from 0. */
export async function preloadSwaps(client: KafkaClient, count: number, round: number, first = 0): Promise<void> {
  const producer = createProducer(client);
  const perSend = 2000;
  for (let from = 0; from < count; from += perSend) {
    const messages = Array.from({ length: Math.min(perSend, count - from) }, (_, index) =>
      swapMessage(first + from + index, round),
    );
    await sendPatiently(producer, messages);
  }
  await producer.close();
}

export function swapData(index: number, round: number, requestId: string): Record<string, unknown> {
  return {
    requestId,
    transactionId: `T-${index}`,
    subscriber: { externalId: externalIdOf(index) },
    resourceType: 'MSISDN',
    swapResource: msisdnOf(index, round),
    resource: msisdnOf(index, round + 1),
  };
}

export function swapMessage(index: number, round: number): OutgoingMessage {
  const id = randomUUID();
  return {
    topic: commandTopic('resource-swap'),
    key: externalIdOf(index),
    value: JSON.stringify(swapData(index, round, `R-${round}-${index}`)),
    headers: toHeaders({
      id,
      type: commandType('SwapSubscriberResource'),
      source: '/bench',
      time: new Date().toISOString(),
      tenant: benchTenant,
      actor: benchActor,
      correlationId: id,
    }),
  };
}
