import { randomUUID } from 'node:crypto';
import {
  commands,
  commandTopic,
  commandType,
  toHeaders,
  type CommandData,
  type CommandName,
  type Envelope,
  type SimStatus,
} from '#libs/contracts';
import { acmeActor } from './stack.js';

/** A command as an upstream system makes it. */
export interface TestCommand {
  id: string;
  name: CommandName;
  /** commands of one key are sent to one partition, unless a test says otherwise */
  key: string;
  data: Record<string, unknown>;
  /** ACME unless told */
  tenant?: string;
  /** ACME's client unless told */
  actor?: string;
}

export const commandSource = '/e2e/producer';

const newCommand = (name: CommandName, key: string, data: Record<string, unknown>): TestCommand => {
  const id = randomUUID();
  return { id, name, key, data: { requestId: `request ${id}`, transactionId: `transaction ${id}`, ...data } };
};

export const createSubscriber = (externalId: string, number: string): TestCommand =>
  newCommand('CreateSubscriber', externalId, {
    externalId,
    accountId: 'ACME-TT',
    state: 'Active',
    resources: [{ type: 'MSISDN', value: number }],
  } satisfies CommandData<'CreateSubscriber'>);

/** A subscriber with an active SIM, and nothing else. */
export const createWithSim = (externalId: string, iccid: string): TestCommand =>
  newCommand('CreateSubscriber', externalId, {
    externalId,
    accountId: 'ACME-TT',
    state: 'Active',
    sim: { iccid, status: 'ACTIVE' },
  } satisfies CommandData<'CreateSubscriber'>);

export const swap = (externalId: string, oldNumber: string, newNumber: string): TestCommand =>
  newCommand('SwapSubscriberResource', externalId, {
    subscriber: { externalId },
    resourceType: 'MSISDN',
    swapResource: oldNumber,
    resource: newNumber,
  } satisfies CommandData<'SwapSubscriberResource'>);

export const changeSimStatus = (externalId: string, status: SimStatus): TestCommand =>
  newCommand('ChangeSimStatus', externalId, {
    subscriber: { externalId },
    status,
  } satisfies CommandData<'ChangeSimStatus'>);

export const envelopeOf = (command: TestCommand): Envelope => ({
  id: command.id,
  type: commandType(command.name),
  source: commandSource,
  time: new Date().toISOString(),
  tenant: command.tenant ?? 'ACME',
  actor: command.actor ?? acmeActor,
  correlationId: `correlation ${command.id}`,
});

export const topicOf = (command: TestCommand): string => commandTopic(commands[command.name].service);

/** The record of a command, for kafkajs. */
export const recordOf = (command: TestCommand) => ({
  key: command.key,
  value: JSON.stringify(command.data),
  headers: toHeaders(envelopeOf(command)),
});
