import { SimyardError } from '#libs/errors';

/** How to reach brokers that do not listen in the clear. */
export interface KafkaSecurity {
  ssl: boolean;
  /** PEM file of the authorities that sign the brokers' certificates; empty for those that Node knows */
  sslCaFile: string;
  sasl: { mechanism: SaslMechanism; username: string; password: string } | undefined;
}

const saslMechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
export type SaslMechanism = (typeof saslMechanisms)[number];

/** What every process needs that answers HTTP, with or without Kafka and Postgres. */
export interface ProcessConfig {
  httpHost: string;
  /** 0 takes a free port */
  httpPort: number;
  logLevel: string;
  shutdownTimeoutMs: number;
  /** `name:hits` pairs by comma; crash tests end the process with SIGKILL at that hit of that point */
  failpoints: string;
}

/** Settings of a service; every one can be given by its environment variable (docs/operations.md lists them). */
export interface Config extends ProcessConfig {
  databaseUrl: string;
  /** the warehouse may be another database */
  dwhDatabaseUrl: string;
  kafkaBrokers: string[];
  kafkaSecurity: KafkaSecurity;
  /** put before every topic and consumer group, so that several installations share one cluster */
  topicPrefix: string;
  /** keys the HMAC of client secrets and signs tokens; at least 32 characters */
  secretPepper: string;
  poolSize: number;
  /** commands handled in one transaction at most */
  batchSize: number;
  /** transactions under way at the same time in one consumer */
  consumerConcurrency: number;
  /** attempts at a command that fails alone, before it goes to the dead-letter topic */
  retryAttempts: number;
  /** how long a REST write waits for its command's outcome before it answers 202 */
  responseTimeoutMs: number;
  /** deadline of an operation that a REST write starts */
  operationDeadlineMs: number;
  /** deadline of a bulk job as a whole */
  bulkDeadlineMs: number;
  /** items of bulk jobs that wait for their service, over all jobs; as many again may be at each platform */
  bulkWindow: number;
  /** items that a bulk job may have when it is submitted by REST */
  bulkMaxItems: number;
  /** nodes that a bulk of the floLIVE facade may have */
  bulkMaxNodes: number;
  /** products that a batch of the CMO facade may have */
  cmoMaxProducts: number;
  /** ICCIDs that a call of the Hybris facade may have */
  hybrisMaxIccids: number;
  /** requests of a client to the Hybris facade in a second, counted over all gateways */
  hybrisRequestsPerSecond: number;
  /** networks and hosts that callbacks to callers may go to beside public https, see libs/callbacks */
  callbackAllow: string[];
  /** attempts at a callback to a caller, before it is given up */
  callbackAttempts: number;
  /** pause before the second attempt; each is three times the one before, up to an hour */
  callbackBackoffMs: number;
  /** how long a caller's receiver may take to answer */
  callbackTimeoutMs: number;
  /** how long after its first change a business transaction may lack others before the warehouse reports a gap */
  dwhGapGraceMs: number;
  sessionTimeoutMs: number;
  /** how long the gateway refuses requests before it stops listening, so that whoever sends them learns of its end */
  drainDelayMs: number;
  inboxRetentionHours: number;
  operationRetentionDays: number;
  /** of topics that are created */
  replicationFactor: number;
  /** the gateway as platforms reach it, without a slash at the end: where they call back */
  callbackBaseUrl: string;
  /** the gateway as its callers reach it, without a slash at the end; undefined where their requests tell */
  publicUrl: string | undefined;
}

type Environment = Record<string, string | undefined>;

export type KafkaConfig = Pick<Config, 'kafkaBrokers' | 'kafkaSecurity' | 'topicPrefix'>;

/** What a program needs that speaks to Kafka alone; throws CONFIGURATION_INVALID that names the variable. */
export function loadKafkaConfig(environment: Environment): KafkaConfig {
  return {
    kafkaBrokers: text(environment, 'KAFKA_BROKERS').split(','),
    kafkaSecurity: kafkaSecurity(environment),
    topicPrefix: text(environment, 'SIMYARD_TOPIC_PREFIX', ''),
  };
}

/** What a program needs that only answers HTTP; throws CONFIGURATION_INVALID that names the variable. */
export function loadProcessConfig(environment: Environment = process.env): ProcessConfig {
  return {
    httpHost: text(environment, 'SIMYARD_HTTP_HOST', '127.0.0.1'),
    httpPort: integer(environment, 'SIMYARD_HTTP_PORT', 0, { min: 0, max: 65_535 }),
    logLevel: text(environment, 'SIMYARD_LOG_LEVEL', 'info'),
    shutdownTimeoutMs: integer(environment, 'SIMYARD_SHUTDOWN_TIMEOUT_MS', 25_000, { min: 100, max: 120_000 }),
    failpoints: text(environment, 'SIMYARD_FAILPOINTS', ''),
  };
}

/** Reads the environment; throws CONFIGURATION_INVALID that names the variable. The only reader of process.env in services. */
export function loadConfig(environment: Environment = process.env): Config {
  const databaseUrl = text(environment, 'DATABASE_URL');
  return {
    databaseUrl,
    dwhDatabaseUrl: text(environment, 'DWH_DATABASE_URL', databaseUrl),
    ...loadKafkaConfig(environment),
    ...loadProcessConfig(environment),
    secretPepper: pepper(environment),
    poolSize: integer(environment, 'SIMYARD_POOL_SIZE', 10, { min: 2, max: 200 }),
    batchSize: integer(environment, 'SIMYARD_BATCH_SIZE', 1000, { min: 1, max: 10_000 }),
    consumerConcurrency: integer(environment, 'SIMYARD_CONSUMER_CONCURRENCY', 2, { min: 1, max: 64 }),
    retryAttempts: integer(environment, 'SIMYARD_RETRY_ATTEMPTS', 5, { min: 1, max: 100 }),
    responseTimeoutMs: integer(environment, 'SIMYARD_RESPONSE_TIMEOUT_MS', 10_000, { min: 0, max: 120_000 }),
    operationDeadlineMs: integer(environment, 'SIMYARD_OPERATION_DEADLINE_MS', 600_000, { min: 1000, max: 86_400_000 }),
    bulkDeadlineMs: integer(environment, 'SIMYARD_BULK_DEADLINE_MS', 86_400_000, { min: 1000, max: 604_800_000 }),
    bulkWindow: integer(environment, 'SIMYARD_BULK_WINDOW', 2000, { min: 1, max: 100_000 }),
    bulkMaxItems: integer(environment, 'SIMYARD_BULK_MAX_ITEMS', 1_000_000, { min: 1, max: 10_000_000 }),
    bulkMaxNodes: integer(environment, 'SIMYARD_BULK_MAX_NODES', 200, { min: 1, max: 5000 }),
    cmoMaxProducts: integer(environment, 'SIMYARD_CMO_MAX_PRODUCTS', 1000, { min: 1, max: 5000 }),
    hybrisMaxIccids: integer(environment, 'SIMYARD_HYBRIS_MAX_ICCIDS', 10_000, { min: 1, max: 20_000 }),
    hybrisRequestsPerSecond: integer(environment, 'SIMYARD_HYBRIS_RATE', 50, { min: 1, max: 100_000 }),
    callbackAllow: words(environment, 'SIMYARD_CALLBACK_ALLOW'),
    callbackAttempts: integer(environment, 'SIMYARD_CALLBACK_ATTEMPTS', 10, { min: 1, max: 100 }),
    callbackBackoffMs: integer(environment, 'SIMYARD_CALLBACK_BACKOFF_MS', 5000, { min: 10, max: 3_600_000 }),
    callbackTimeoutMs: integer(environment, 'SIMYARD_CALLBACK_TIMEOUT_MS', 5000, { min: 100, max: 20_000 }),
    dwhGapGraceMs: integer(environment, 'SIMYARD_DWH_GAP_GRACE_MS', 60_000, { min: 1000, max: 86_400_000 }),
    sessionTimeoutMs: integer(environment, 'SIMYARD_SESSION_TIMEOUT_MS', 10_000, { min: 6000, max: 300_000 }),
    drainDelayMs: integer(environment, 'SIMYARD_DRAIN_DELAY_MS', 1000, { min: 0, max: 60_000 }),
    inboxRetentionHours: integer(environment, 'SIMYARD_INBOX_RETENTION_HOURS', 31 * 24, { min: 73, max: 10_000 }),
    operationRetentionDays: integer(environment, 'SIMYARD_OPERATION_RETENTION_DAYS', 90, { min: 1, max: 3650 }),
    replicationFactor: integer(environment, 'SIMYARD_REPLICATION_FACTOR', 1, { min: 1, max: 16 }),
    callbackBaseUrl: baseUrl(environment, 'SIMYARD_CALLBACK_BASE_URL', 'http://127.0.0.1:8080'),
    publicUrl: environment['SIMYARD_PUBLIC_URL'] ? baseUrl(environment, 'SIMYARD_PUBLIC_URL', '') : undefined,
  };
}

function kafkaSecurity(environment: Environment): KafkaSecurity {
  const mechanism = choice(environment, 'KAFKA_SASL_MECHANISM', '', ['', ...saslMechanisms]);
  const username = text(environment, 'KAFKA_SASL_USERNAME', '');
  const password = text(environment, 'KAFKA_SASL_PASSWORD', '');
  if (mechanism !== '' && username === '') throw invalid('KAFKA_SASL_USERNAME', 'must be set');
  if (mechanism !== '' && password === '') throw invalid('KAFKA_SASL_PASSWORD', 'must be set');
  return {
    ssl: choice(environment, 'KAFKA_SSL', 'false', ['true', 'false']) === 'true',
    sslCaFile: text(environment, 'KAFKA_SSL_CA', ''),
    sasl: mechanism === '' ? undefined : { mechanism, username, password },
  };
}

function text(environment: Environment, name: string, fallback?: string): string {
  const value = environment[name] ?? fallback;
  if (value === undefined) throw invalid(name, 'must be set');
  return value;
}

/** Words by comma; none when it is not set. */
function words(environment: Environment, name: string): string[] {
  return text(environment, name, '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** An address that paths are put behind. */
function baseUrl(environment: Environment, name: string, fallback: string): string {
  const value = text(environment, name, fallback);
  const isHttp = ['http:', 'https:'].includes(URL.parse(value)?.protocol ?? '');
  if (!isHttp) throw invalid(name, 'must be a URL of http or https');
  return value.replace(/\/+$/, '');
}

/** One of `values`; an empty variable is one that is not set. */
function choice<T extends string>(
  environment: Environment,
  name: string,
  fallback: NoInfer<T>,
  values: readonly T[],
): T {
  const given = text(environment, name, fallback) || fallback;
  const value = values.find((one) => one === given);
  if (value === undefined) throw invalid(name, `must be one of ${values.filter((one) => one !== '').join(', ')}`);
  return value;
}

function integer(
  environment: Environment,
  name: string,
  fallback: number,
  range: { min: number; max: number },
): number {
  const value = Number(environment[name] ?? fallback);
  if (!Number.isInteger(value) || value < range.min || value > range.max) {
    throw invalid(name, `must be a whole number from ${range.min} to ${range.max}`);
  }
  return value;
}

function pepper(environment: Environment): string {
  const value = text(environment, 'SIMYARD_SECRET_PEPPER');
  if (value.length < 32) throw invalid('SIMYARD_SECRET_PEPPER', 'must have at least 32 characters');
  return value;
}

function invalid(name: string, problem: string): SimyardError {
  return new SimyardError('CONFIGURATION_INVALID', { message: `${name} ${problem}.`, details: { variable: name } });
}
