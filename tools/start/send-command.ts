import { commands, commandTopic, commandType, toHeaders, type CommandName } from '#libs/contracts';
import { asSimyardError } from '#libs/errors';
import type { OutgoingMessage, Producer } from '#libs/kafka';
import { poll } from './poll.js';

export interface CommandToSend {
  name: CommandName;
  /** CloudEvents id, and the correlation to find its operation by */
  id: string;
  source: string;
  /** orders commands: the subscriber as its upstream calls it */
  key: string | null;
  client: { tenant: string; username: string };
  data: object;
}

/** The message of a command as an upstream system sends it; docs/kafka.md explains its headers. */
export const commandMessage = ({ name, id, source, key, client, data }: CommandToSend): OutgoingMessage => ({
  topic: commandTopic(commands[name].service),
  key,
  value: JSON.stringify(data),
  headers: toHeaders({
    id,
    type: commandType(name),
    source,
    time: new Date().toISOString(),
    tenant: client.tenant,
    actor: client.username,
    correlationId: id,
  }),
});

const timeoutMs = 30_000;

/**
 * Sends commands, again and again while the broker cannot take them, as when a new topic has no leader yet. Some may arrive
 * twice then, which their ids make harmless.
 */
export async function sendCommands(
  producer: Producer,
  messages: OutgoingMessage[],
  signal: AbortSignal,
): Promise<void> {
  const attempt = (): Promise<true | undefined> =>
    producer.send(messages).then(
      () => true,
      (error: unknown) => {
        if (asSimyardError(error).code !== 'BROKER_UNAVAILABLE') throw error;
        return undefined;
      },
    );
  await poll('Kafka does not take commands', attempt, { signal, timeoutMs, intervalMs: 200 });
}
