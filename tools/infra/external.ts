import type { ProviderEnvironment } from './choose-provider.js';
import type { Infrastructure } from './infrastructure.js';
import { kafkaAnswers } from './kafka-answers.js';
import { queryOnce } from './postgres-answers.js';
import { waitUntil } from './wait-until.js';

const patienceMs = 15_000;

/**
 * Servers that somebody else runs, at the addresses in the environment.
 * @throws Error naming the address that does not answer within 15 seconds.
 */
export async function useExternal(env: ProviderEnvironment, log: (line: string) => void): Promise<Infrastructure> {
  const databaseUrl = env.DATABASE_URL ?? '';
  const dwhDatabaseUrl = env.DWH_DATABASE_URL ?? databaseUrl;
  const kafkaBrokers = (env.KAFKA_BROKERS ?? '').split(',').map((address) => address.trim());
  await Promise.all([requireBroker(kafkaBrokers), requirePostgres(databaseUrl), requirePostgres(dwhDatabaseUrl)]);
  log(`using Kafka at ${kafkaBrokers.join(', ')} and the database of DATABASE_URL`);
  return {
    kind: 'external',
    kafkaBrokers,
    databaseUrl,
    dwhDatabaseUrl,
    kafka: undefined,
    postgres: undefined,
    stop: () => Promise.resolve(),
  };
}

/** Brokers that ask for TLS answer nothing to this question: a closed port is the only error it can tell for sure. */
async function requireBroker(brokers: readonly string[]): Promise<void> {
  const anyAnswers = async () => (await Promise.all(brokers.map(brokerAnswers))).includes(true);
  if (!(await waitUntil(anyAnswers, patienceMs)))
    throw new Error(`No broker of KAFKA_BROKERS=${brokers.join(',')} answers`);
}

function brokerAnswers(address: string): Promise<boolean> {
  const colon = address.lastIndexOf(':');
  return kafkaAnswers(address.slice(0, colon), Number(address.slice(colon + 1)));
}

async function requirePostgres(url: string): Promise<void> {
  let cause: unknown;
  const answers = () =>
    queryOnce(url, 'select 1').then(
      () => true,
      (error: unknown) => {
        cause = error;
        return false;
      },
    );
  if (!(await waitUntil(answers, patienceMs)))
    throw new Error(`Postgres at ${withoutPassword(url)} does not answer`, { cause });
}

function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return '(no valid URL)';
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
