import { join } from 'node:path';
import { claimDataDir, releaseDataDir } from './data-dir.js';
import { prepareKafka } from './embedded-kafka.js';
import { preparePostgres } from './embedded-postgres.js';
import type { Infrastructure, InfrastructureOptions, ServerControl } from './infrastructure.js';
import { kafkaJars } from './kafka-jars.js';
import { findFreePorts } from './ports.js';

/** Kafka and Postgres as processes of ours. They end with this process, however it ends. */
export async function startEmbedded(options: InfrastructureOptions, postgresBin?: string): Promise<Infrastructure> {
  const { dataDir, persistent, log } = options;
  await claimDataDir(dataDir);
  const servers: ServerControl[] = [];
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop(persistent ? 'graceful' : 'immediate')));
    await releaseDataDir(dataDir, persistent);
  };
  try {
    const [kafka, postgres] = await prepare(options, postgresBin);
    servers.push(kafka, postgres.control);
    await startAll(servers);
    log(`Kafka listens on 127.0.0.1:${kafka.port}, Postgres on 127.0.0.1:${postgres.control.port}`);
    return {
      kind: 'embedded',
      kafkaBrokers: [`127.0.0.1:${kafka.port}`],
      databaseUrl: postgres.url,
      dwhDatabaseUrl: postgres.url,
      kafka,
      postgres: postgres.control,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function prepare({ dataDir, log }: InfrastructureOptions, postgresBin: string | undefined) {
  const jars = await kafkaJars(log);
  log(`starting Kafka and Postgres on ${dataDir}`);
  const [port = 0, controllerPort = 0, postgresPort = 0] = await findFreePorts(dataDir, 3);
  return Promise.all([
    prepareKafka({ jars, dataDir: join(dataDir, 'kafka'), port, controllerPort }),
    preparePostgres(join(dataDir, 'postgres'), postgresPort, postgresBin),
  ]);
}

/** Waits for all of them even when one fails, so that none is still starting when the others are stopped. */
async function startAll(servers: readonly ServerControl[]): Promise<void> {
  const results = await Promise.allSettled(servers.map((server) => server.start()));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}
