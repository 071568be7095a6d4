import { initdbArgs, serverSettings } from './embedded-postgres.js';
import type { Infrastructure } from './infrastructure.js';

const kafkaImage = 'confluentinc/cp-kafka:8.0.0';
const postgresImage = 'postgres:18';

/**
 * Kafka and Postgres as containers, which testcontainers removes also when this process is killed. Their data is gone after
 * that.
 */
export async function startContainers(log: (line: string) => void): Promise<Infrastructure> {
  log(`starting ${kafkaImage} and ${postgresImage} (the first time, their images are pulled)`);
  const [broker, database] = await Promise.all([startKafka(), startPostgres()]).catch((cause: unknown) => {
    throw new Error('Docker answers, but the containers do not start; SIMYARD_INFRA=embedded does without', { cause });
  });
  const databaseUrl = database.getConnectionUri();
  return {
    kind: 'testcontainers',
    kafkaBrokers: [`${broker.getHost()}:${broker.getMappedPort(9093)}`],
    databaseUrl,
    dwhDatabaseUrl: databaseUrl,
    kafka: undefined,
    postgres: undefined,
    async stop() {
      await Promise.all([broker.stop(), database.stop()]);
    },
  };
}

async function startKafka() {
  const { KafkaContainer } = await import('@testcontainers/kafka');
  return new KafkaContainer(kafkaImage)
    .withKraft()
    .withEnvironment({ KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false', KAFKA_HEAP_OPTS: '-Xms256m -Xmx512m' })
    .start();
}

async function startPostgres() {
  const { PostgreSqlContainer } = await import('@testcontainers/postgresql');
  const flags = Object.entries(serverSettings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return new PostgreSqlContainer(postgresImage)
    .withDatabase('simyard')
    .withUsername('simyard')
    .withEnvironment({ POSTGRES_INITDB_ARGS: initdbArgs.join(' ') })
    .withCommand(['postgres', ...flags])
    .start();
}
