import { randomUUID } from 'node:crypto';
import type { CreatedClient } from '#libs/access';
import { commandTopic } from '#libs/contracts';
import type { Producer } from '#libs/kafka';
import { expectStatus, type Api } from './api.js';
import { untilEnded, untilStored } from './follow.js';
import { commandMessage, sendCommands } from './send-command.js';
import { pickSwaps, swapData, type PossibleSwap } from './pick-swap.js';
import type { DemoSubscriber } from './load-fleet.js';
import type { Terminal } from './terminal.js';

export interface MainJob {
  gateway: Api;
  warehouse: Api;
  producer: Producer;
  /** on whose behalf all of it happens */
  client: CreatedClient;
  fleet: DemoSubscriber[];
  terminal: Terminal;
  signal: AbortSignal;
}

const swapPath = '/v1/casm/subscribers/resources/swap';

/**
 * Swaps a number by Kafka and another one by REST, follows each into the warehouse, and shows a swap that is refused.
 * Returns a swap that is left to try.
 * @throws Error when one of them does not end as it must
 */
export async function runMainJob(job: MainJob): Promise<PossibleSwap> {
  const candidates = job.fleet.filter(({ tenantId }) => tenantId === job.client.tenantId);
  const [first, second, third] = await pickSwaps(job.gateway, candidates, 3);
  if (!first || !second || !third) throw new Error('Too few demo subscribers');
  await swapByKafka(job, first);
  await swapByRest(job, second);
  await refusedSwap(job, { ...third, fresh: first.fresh }, first.externalId);
  return third;
}

async function swapByKafka({ gateway, warehouse, producer, client, terminal, signal }: MainJob, swap: PossibleSwap) {
  const id = randomUUID();
  terminal.heading('1  A swap by Kafka');
  terminal.field('command', `SwapSubscriberResource on ${commandTopic('resource-swap')}`);
  terminal.field('', describe(swap));
  const sentAt = performance.now();
  const message = commandMessage({
    name: 'SwapSubscriberResource',
    id,
    source: '/simyard/demo',
    key: swap.externalId,
    client: { tenant: client.tenantId, username: client.username },
    data: swapData(swap, id),
  });
  await sendCommands(producer, [message], signal);
  const { status, error, businessTransactionId } = await untilEnded(gateway, id, signal);
  if (businessTransactionId === undefined) throw new Error(`The swap ended as ${status}: ${error?.code ?? ''}`);
  terminal.field('outcome', `${status} after ${since(sentAt)}`);
  await showStored(warehouse, businessTransactionId, terminal, signal);
}

async function swapByRest({ gateway, warehouse, terminal, signal }: MainJob, swap: PossibleSwap): Promise<void> {
  terminal.heading('2  A swap by REST');
  terminal.field('request', `POST ${swapPath}`);
  terminal.field('', describe(swap));
  const sentAt = performance.now();
  const reply = await gateway.post(swapPath, swapData(swap, randomUUID()));
  const { businessTransaction } = expectStatus<{ businessTransaction: { id: string } }>('The swap', reply, 200);
  terminal.field('answer', `${reply.status} after ${since(sentAt)}`);
  await showStored(warehouse, businessTransaction.id, terminal, signal);
}

async function refusedSwap({ gateway, terminal }: MainJob, swap: PossibleSwap, holder: string): Promise<void> {
  terminal.heading('3  A swap that is refused');
  terminal.field('request', `POST ${swapPath}`);
  terminal.field('', `${describe(swap)}, which ${holder} has`);
  const reply = await gateway.post(swapPath, swapData(swap, randomUUID()));
  const { error } = expectStatus<{ error: { code: string; message: string } }>('The swap', reply, 409);
  if (error.code !== 'RESOURCE_IN_USE') throw new Error(`The swap was refused with ${error.code}`);
  terminal.field('answer', `${reply.status} ${error.code}: ${error.message}`);
}

const describe = ({ externalId, accountId, present, fresh }: PossibleSwap): string =>
  `${externalId} of ${accountId}: MSISDN ${present} → ${fresh}`;

/** The business transaction, and each of its changes as the warehouse has it. */
async function showStored(warehouse: Api, id: string, terminal: Terminal, signal: AbortSignal): Promise<void> {
  const { type, entityCount, changes } = await untilStored(warehouse, id, signal);
  terminal.field('transaction', `${id}, ${type}, ${entityCount} ${entityCount === 1 ? 'entity' : 'entities'}`);
  for (const { entityType, entityId, version, operation, before, after, kafka } of changes) {
    terminal.field('warehouse', `${entityType} ${entityId}, version ${version}, ${operation}`);
    terminal.field('', `value ${String(before?.['value'])} → ${String(after?.['value'])}`);
    terminal.field('', `from ${kafka.topic}, partition ${kafka.partition}, offset ${kafka.offset}`);
  }
}

const since = (startedAt: number): string => `${Math.round(performance.now() - startedAt)} ms`;
