import { actorKey, createActorDirectory, type ActorDirectory } from '#libs/access';
import { commandTopic, interactiveTopic, type CommandService } from '#libs/contracts';
import { SimyardError } from '#libs/errors';
import { BatchServer, createKafka, type BatchServerOptions, type CallHandler, type KafkaRecord } from '#libs/kafka';
import { openDatabase, type Transactions } from '#libs/postgres';
import { Counter, failpoint, type ServiceContext, type ServiceParts } from '#libs/runtime';
import { openCallersBell } from './callers-bell.js';
import { countBatch, type BatchResult } from './command-metrics.js';
import { decode, isReadable, type Decoded } from './decode.js';
import { startServiceRelay } from './relay.js';
import { runBatch } from './run-batch.js';
import { yieldToCallers } from './yield-to-callers.js';

const unknownProperties = new Counter({
  name: 'simyard_unknown_properties_total',
  help: 'First-level properties of command data that this release does not know',
  labelNames: ['type'],
});

export interface CommandRunner {
  handle: (records: KafkaRecord[], callHandler: CallHandler) => Promise<void>;
  deadLetter: (record: KafkaRecord, error: SimyardError, attempts: number) => Promise<void>;
}

/** Runs batches of records as transactions. */
export function createCommandRunner(options: {
  database: Transactions;
  actors: ActorDirectory;
  source: string;
  onCommitted?: (result: BatchResult) => void;
}): CommandRunner {
  const run = async (batch: Decoded[], callHandler: CallHandler): Promise<void> => {
    const actors = await options.actors.resolve(actorPairs(batch));
    const result = await options.database.transaction((tx) => runBatch(tx, batch, actors, callHandler, options.source));
    failpoint('after-commit');
    countBatch(result, Date.now());
    options.onCommitted?.(result);
  };
  return {
    handle: (records, callHandler) =>
      run(
        records.map((record) => handleable(decode(record), callHandler)),
        callHandler,
      ),
    deadLetter: (record, error, attempts) => {
      const decoded = decode(record);
      const letter = isReadable(decoded) ? { ...decoded, body: { error, attempts } } : decoded;
      return run([letter], () => undefined);
    },
  };
}

/** A type that is known, but that this service has no handler for, is on the wrong topic. */
function handleable(decoded: Decoded, callHandler: CallHandler): Decoded {
  if (!isReadable(decoded)) return decoded;
  const { type } = decoded.envelope;
  if (decoded.unknownProperties > 0) unknownProperties.inc({ type }, decoded.unknownProperties);
  if ('error' in decoded.body || callHandler(type) !== undefined) return decoded;
  const error = new SimyardError('COMMAND_TYPE_UNKNOWN', { details: { type } });
  return { ...decoded, body: { error, attempts: 1 } };
}

function actorPairs(batch: Decoded[]): { tenant: string; username: string }[] {
  const pairs = new Map<string, { tenant: string; username: string }>();
  for (const decoded of batch) {
    if (!isReadable(decoded)) continue;
    const { tenant, actor: username } = decoded.envelope;
    pairs.set(actorKey(tenant, username), { tenant, username });
  }
  return [...pairs.values()];
}

/**
 * The parts every command service has: a pool, a consumer for its commands and one for the gateway's, a relay of the
 * stream lane and one of its own, if callers wait for what it writes. The service adds its controllers, whose methods are registered by command type.
 */
export async function commandService(service: CommandService, context: ServiceContext): Promise<ServiceParts> {
  const { config, log, health } = context;
  const database = await openDatabase({
    url: config.databaseUrl,
    applicationName: `simyard-${service}`,
    poolSize: config.poolSize,
  });
  const relay = await startServiceRelay(service, 'stream', context);
  const bell = await openCallersBell(service, database, context);
  const actors = createActorDirectory(database);
  const common = { actors, source: `/simyard/${service}` };
  const runner = createCommandRunner({ ...common, database });
  const callersRunner = createCommandRunner({
    ...common,
    database: database.prepared,
    onCommitted: ({ news }) => {
      if (news.written) bell.written();
      if (news.ended) bell.ended();
    },
  });
  health.ready('postgres', async () => (await database.query('select 1')).length === 1);
  const client = createKafka(config, `simyard-${service}`, log);
  const yielding = yieldToCallers(config.batchSize);
  const server = (topic: string, groupId: string, lane: CommandRunner & Partial<BatchServerOptions>): BatchServer =>
    new BatchServer({
      client,
      groupId,
      topics: [topic],
      retryAttempts: config.retryAttempts,
      concurrency: config.consumerConcurrency,
      ...lane,
      batchSize: config.batchSize,
      sessionTimeoutMs: config.sessionTimeoutMs,
      log,
      health,
    });
  return {
    strategies: [
      server(commandTopic(service), `simyard.${service}`, {
        ...runner,
        smallerBatch: yielding.smallerBatch,
        rest: yielding.rest,
      }),
      server(interactiveTopic(service), `simyard.${service}.interactive`, {
        ...callersRunner,
        handle: async (records, callHandler) => {
          yielding.callerSeen();
          await callersRunner.handle(records, callHandler).finally(yielding.callerSeen);
        },
      }),
    ],
    close: async () => {
      await Promise.all([relay.stop(), bell.stop()]);
      await database.close();
    },
  };
}
