import { existsSync, readFileSync } from 'node:fs';
import { loadKafkaConfig, type KafkaConfig } from '#libs/config';
import { SimyardError } from '#libs/errors';
import { openDatabase, type Database } from '#libs/postgres';
import { homeDir } from '../start/arguments.js';
import { homeIn } from '../start/home.js';

export interface CliEnvironment {
  databaseUrl: string;
  secretPepper: string;
}

/** Written by `npm start` with the environment of the services it runs. */
const runFile = homeIn(homeDir(undefined, process.env)).environment;

/** DATABASE_URL and SIMYARD_SECRET_PEPPER, or those of the running `npm start`; throws CONFIGURATION_INVALID. */
export function readEnvironment(environment = process.env, file = runFile): CliEnvironment {
  const found = fromVariables(environment) ?? fromVariables(readVariables(file));
  if (found) return found;
  throw new SimyardError('CONFIGURATION_INVALID', {
    message:
      'Set DATABASE_URL and SIMYARD_SECRET_PEPPER as the services have them, or run `npm start` in another terminal.',
  });
}

/** KAFKA_… and SIMYARD_TOPIC_PREFIX, brokers and prefix else those of the running `npm start`; throws CONFIGURATION_INVALID. */
export function readKafkaEnvironment(environment: Variables = process.env, file = runFile): KafkaConfig {
  return loadKafkaConfig(environment['KAFKA_BROKERS'] ? environment : { ...environment, ...readVariables(file) });
}

type Variables = Record<string, string | undefined>;

function readVariables(file: string): Variables {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Variables) : {};
}

function fromVariables(variables: Variables): CliEnvironment | undefined {
  const { DATABASE_URL: databaseUrl, SIMYARD_SECRET_PEPPER: secretPepper } = variables;
  return databaseUrl && secretPepper ? { databaseUrl, secretPepper } : undefined;
}

/** Opens the database for one command, and closes it when that has ended. */
export async function withDatabase<T>(work: (database: Database, pepper: string) => Promise<T>): Promise<T> {
  const { databaseUrl, secretPepper } = readEnvironment();
  const database = await openDatabase({ url: databaseUrl, applicationName: 'simyard-cli', poolSize: 2 });
  try {
    return await work(database, secretPepper);
  } finally {
    await database.close();
  }
}
