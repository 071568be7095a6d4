// First, as it replaces parts of kafkajs before that is loaded.
import './faster-kafkajs.js';
import { Kafka, logLevel, type KafkaConfig, type LogEntry } from 'kafkajs';
import { readFileSync } from 'node:fs';
import type { Config, KafkaSecurity } from '#libs/config';
import { SimyardError } from '#libs/errors';
import type { Logger } from '#libs/runtime';
import { connectSocket } from './socket.js';

/** kafkajs with the installation's topic prefix. */
export interface KafkaClient {
  /** tries to reach the cluster for half an hour: for who has nothing else to do */
  kafka: Kafka;
  /** gives up within seconds: for who decides himself when to try again. A producer's or admin's own `retry` does not do that */
  brief: Kafka;
  prefix: string;
  log: Logger;
}

/** A client of the cluster. Nothing is connected yet. Throws CONFIGURATION_INVALID when the authorities' file cannot be read. */
export function createKafka(
  config: Pick<Config, 'kafkaBrokers' | 'topicPrefix'> & Partial<Pick<Config, 'kafkaSecurity'>>,
  clientId: string,
  log: Logger,
  options: { requestTimeoutMs?: number } = {},
): KafkaClient {
  const connect = (retries: number): Kafka =>
    new Kafka({
      clientId,
      brokers: config.kafkaBrokers,
      ...(config.kafkaSecurity && secured(config.kafkaSecurity)),
      socketFactory: connectSocket,
      connectionTimeout: 3000,
      requestTimeout: options.requestTimeoutMs ?? 30_000,
      retry: { initialRetryTime: 100, maxRetryTime: 2000, retries },
      logLevel: logLevel.WARN,
      logCreator: () => (entry) => logEntry(log, entry),
    });
  return { kafka: connect(1000), brief: connect(1), prefix: config.topicPrefix, log };
}

function secured({ ssl, sslCaFile, sasl }: KafkaSecurity): Pick<KafkaConfig, 'ssl' | 'sasl'> {
  return {
    ssl: ssl && (sslCaFile === '' || { ca: readAuthorities(sslCaFile) }),
    ...(sasl && { sasl: sasl as NonNullable<KafkaConfig['sasl']> }),
  };
}

function readAuthorities(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new SimyardError('CONFIGURATION_INVALID', { message: `KAFKA_SSL_CA: ${file} cannot be read.`, cause });
  }
}

function logEntry(log: Logger, { level, namespace, log: entry }: LogEntry): void {
  const { message, timestamp: _timestamp, stack: _stack, ...fields } = entry;
  const severity = level <= logLevel.ERROR ? 'warn' : level === logLevel.WARN ? 'debug' : 'trace';
  log[severity]({ kafkajs: namespace, ...fields }, message);
}
