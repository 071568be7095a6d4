import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { commandOfType, commandType, type CommandName } from '#libs/contracts';
import { createKafka, createProducer } from '#libs/kafka';
import { createLogger } from '#libs/runtime';
import { apiOf } from '../start/api.js';
import { homeDir } from '../start/arguments.js';
import { untilEnded } from '../start/follow.js';
import { homeIn } from '../start/home.js';
import type { Endpoints } from '../start/publish.js';
import { commandMessage, sendCommands } from '../start/send-command.js';
import { kafkaConfigOf } from './kafka-config.js';

const usage = `Usage: npm run -s produce -- [options] <Command> <JSON>

Sends a command to the Kafka of the running npm start, as an upstream system would, and prints what became of it.

  npm run -s produce -- SwapSubscriberResource '{"requestId":"r-1","subscriber":{"externalId":"SUB-0001"}, …}'

Options:
  --as USERNAME   the demo client on whose behalf (acme-crm)
  --home DIR      as npm start has it

Environment:
  KAFKA_SSL, KAFKA_SSL_CA, KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD, SIMYARD_TOPIC_PREFIX
                  as the services have them (docs/operations.md)`;

process.exit(await main());

async function main(): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { as: { type: 'string', default: 'acme-crm' }, home: { type: 'string' }, help: { type: 'boolean' } },
    });
    const [type, json] = positionals;
    if (values.help || type === undefined || json === undefined) {
      console.log(usage);
      return values.help ? 0 : 2;
    }
    const endpoints = await readEndpoints(homeIn(homeDir(values.home, process.env)).endpoints);
    const operation = await produce(endpoints, values.as, commandNamed(type), readData(json));
    console.log(JSON.stringify(operation, null, 2));
    return operation.status === 'COMPLETED' ? 0 : 1;
  } catch (error) {
    console.error(`produce: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

async function produce(
  { kafkaBrokers, gatewayUrl, clients }: Endpoints,
  username: string,
  name: CommandName,
  data: object,
) {
  const client = clients.find((candidate) => candidate.username === username);
  if (!client)
    throw new Error(`there is no client ${username}; try ${clients.map((each) => each.username).join(', ')}`);
  const config = kafkaConfigOf(kafkaBrokers, process.env);
  const kafka = createKafka(config, 'simyard-produce', createLogger('produce', 'silent'));
  const producer = createProducer(kafka);
  const id = randomUUID();
  const signal = AbortSignal.timeout(60_000);
  const message = commandMessage({ name, id, source: '/simyard/produce', key: keyOf(data), client, data });
  await sendCommands(producer, [message], signal);
  await producer.close();
  return untilEnded(apiOf(gatewayUrl, client), id, signal);
}

async function readEndpoints(file: string): Promise<Endpoints> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(`npm start is not running: there is no ${file}`, { cause });
  });
  return JSON.parse(text) as Endpoints;
}

function commandNamed(name: string): CommandName {
  const command = commandOfType(`simyard.${name}.v1`);
  if (!command) throw new Error(`there is no command ${name}, as there is ${commandType('SwapSubscriberResource')}`);
  return command;
}

function readData(json: string): object {
  const data: unknown = JSON.parse(json);
  if (typeof data !== 'object' || data === null) throw new Error('the data must be a JSON object');
  return data;
}

/** Commands of a subscriber under one key keep their order; no key, no order. */
function keyOf(data: { externalId?: unknown; subscriber?: { externalId?: unknown } }): string | null {
  const externalId = data.externalId ?? data.subscriber?.externalId;
  return typeof externalId === 'string' ? externalId : null;
}
