import { loadConfig } from '#libs/config';
import { createLogger } from '#libs/runtime';
import { bringUpToDate } from '../migrate/bring-up-to-date.js';

export interface StackAddresses {
  kafkaBrokers: string[];
  databaseUrl: string;
  dwhDatabaseUrl: string;
  /** at least 32 characters */
  secretPepper: string;
  topicPrefix?: string;
}

/** The environment that every service is started with. */
export function serviceEnvironment(addresses: StackAddresses): Record<string, string> {
  return {
    KAFKA_BROKERS: addresses.kafkaBrokers.join(','),
    DATABASE_URL: addresses.databaseUrl,
    DWH_DATABASE_URL: addresses.dwhDatabaseUrl,
    SIMYARD_SECRET_PEPPER: addresses.secretPepper,
    SIMYARD_TOPIC_PREFIX: addresses.topicPrefix ?? '',
  };
}

/** Migrations and topics, as the `migrate` program of an installation does them. */
export async function prepare(addresses: StackAddresses): Promise<void> {
  await bringUpToDate(loadConfig(serviceEnvironment(addresses)), createLogger('migrate', 'silent'));
}
