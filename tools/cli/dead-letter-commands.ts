import { InvalidArgumentError, type Command } from 'commander';
import { commandServices, commandTopic, deadLetterTopic, interactiveTopic, topics } from '#libs/contracts';
import { createKafka, createProducer, headerText, readTopic, sendPatiently, type KafkaClient } from '#libs/kafka';
import { createLogger } from '#libs/runtime';
import { readDeadLetter, replayMessage, type DeadLetter } from '#libs/transactions';
import { readKafkaEnvironment } from './environment.js';
import { note, printJson, printTable } from './output.js';

interface Selection {
  partition?: number;
  offset?: number;
  cause?: string;
}

interface ReplayOptions extends Selection {
  number: number;
  dryRun?: true;
}

export function addDeadLetterCommands(program: Command): void {
  const deadLetter = program.command('dead-letter').description('commands that could not be handled');
  const of = (name: string): Command => deadLetter.command(name).argument('<topic>', 'the command topic', sourceTopic);
  of('ls')
    .description('the dead letters of a command topic')
    .option('--cause <code>', 'only with this cause')
    .option('--json', 'as JSON')
    .action(list);
  of('replay')
    .description('send dead letters again, as new commands; name one by its position, or all of a cause')
    .option('--partition <n>', 'of the dead letter, as ls shows it', count)
    .option('--offset <n>', 'of the dead letter, as ls shows it', count)
    .option('--cause <code>', 'all with this cause')
    .option('--number <n>', 'a replay of the same number is handled once: raise it to replay again', count, 1)
    .option('--dry-run', 'only show what would be sent')
    .action(replay);
}

async function list(topic: string, { json, ...selection }: Selection & { json?: true }): Promise<void> {
  const rows: Record<string, unknown>[] = [];
  await readLetters(connect(), topic, selection, (letters) => {
    rows.push(...letters.map(toRow));
    return Promise.resolve();
  });
  if (json) printJson(rows);
  else printTable(rows);
}

async function replay(topic: string, { number, dryRun, ...selection }: ReplayOptions, command: Command): Promise<void> {
  const position = selection.partition !== undefined && selection.offset !== undefined;
  if (!position && selection.cause === undefined) command.error('Give --partition and --offset, or --cause.');
  const client = connect();
  const producer = createProducer(client);
  const rows: Record<string, unknown>[] = [];
  let sent = 0;
  try {
    await readLetters(client, topic, selection, async (letters) => {
      const replays = letters.map((letter) => ({ letter, message: replayOf(topic, letter, number) }));
      const messages = replays.flatMap(({ message }) => message ?? []);
      if (!dryRun && messages.length > 0) await sendPatiently(producer, messages);
      sent += messages.length;
      rows.push(...replays.map(({ letter, message }) => ({ ...toRow(letter), replay: message?.headers['ce_id'] })));
    });
  } finally {
    await producer.close();
    // Also after an error: what was sent is sent.
    printTable(rows);
    note(`${sent} ${dryRun ? 'would be sent' : 'sent'}, ${rows.length - sent} cannot be replayed.`);
  }
}

function replayOf(
  topic: string,
  { command }: DeadLetter,
  number: number,
): ReturnType<typeof replayMessage> | undefined {
  return typeof command === 'string' ? undefined : replayMessage(topic, command, number, new Date());
}

function readLetters(
  client: KafkaClient,
  topic: string,
  { partition, offset, cause }: Selection,
  onLetters: (letters: DeadLetter[]) => Promise<void>,
): Promise<void> {
  return readTopic(client, deadLetterTopic(topic), async (records) => {
    const letters = records
      .filter((record) => partition === undefined || record.partition === partition)
      .filter((record) => offset === undefined || record.offset === BigInt(offset))
      .map(readDeadLetter)
      .filter((letter) => cause === undefined || letter.cause === cause);
    if (letters.length > 0) await onLetters(letters);
  });
}

function toRow({ record, cause, id, type, command }: DeadLetter): Record<string, unknown> {
  const header = (name: string): string => headerText(record.headers, name) ?? '?';
  return {
    partition: record.partition,
    offset: String(record.offset),
    at: new Date(record.timestamp),
    cause,
    from: `${header('dlt_partition')}/${header('dlt_offset')}`,
    id,
    type,
    obstacle: typeof command === 'string' ? command : undefined,
  };
}

function connect(): KafkaClient {
  return createKafka(readKafkaEnvironment(), 'simyard-cli', createLogger('cli', 'silent'));
}

const commandTopics = new Set(commandServices.flatMap((service) => [commandTopic(service), interactiveTopic(service)]));

function sourceTopic(given: string): string {
  const sources = topics.map(({ name }) => name).filter((name) => commandTopics.has(name));
  const source = sources.find((name) => given === name || given === deadLetterTopic(name));
  if (source === undefined) throw new InvalidArgumentError(`It must be one of ${sources.join(', ')}.`);
  return source;
}

function count(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
