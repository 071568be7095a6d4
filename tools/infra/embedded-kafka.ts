import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BrokerControl } from './infrastructure.js';
import { kafkaAnswers } from './kafka-answers.js';
import { controlServer } from './server-process.js';

const run = promisify(execFile);

export interface EmbeddedKafkaOptions {
  readonly jars: string;
  readonly dataDir: string;
  readonly port: number;
  readonly controllerPort: number;
  /** lines of server.properties that add to ours, or take their place */
  readonly properties?: string;
  /** further arguments of StorageTool's format */
  readonly formatArgs?: readonly string[];
}

/**
 * Of a broker that lives for minutes beside everything else: the compiler for the long run would take a core for longer
 * than it saves, and so would a garbage collector with threads of its own.
 */
const brokerOptions = [
  '-Xms256m',
  '-Xmx512m',
  '-XX:TieredStopAtLevel=1',
  '-XX:+UseSerialGC',
  '-XX:+ExitOnOutOfMemoryError',
];

/** A KRaft broker of one node on the loopback interface, formatted when it is new; `start` is the caller's. */
export async function prepareKafka(options: EmbeddedKafkaOptions): Promise<BrokerControl> {
  const { dataDir, port, jars } = options;
  await mkdir(dataDir, { recursive: true });
  const properties = join(dataDir, 'server.properties');
  const logging = join(dataDir, 'log4j2.properties');
  await writeFile(properties, serverProperties(options));
  await writeFile(logging, loggingProperties);
  const java = ['-cp', join(jars, '*'), `-Dlog4j2.configurationFile=${logging}`];
  if (!existsSync(join(dataDir, 'log/meta.properties'))) await format(java, properties, options.formatArgs);
  return controlServer({
    name: 'Kafka',
    port,
    dataDir,
    command: ['java', ...brokerOptions, ...java, 'kafka.Kafka', properties],
    logFile: join(dataDir, 'kafka.log'),
    pidFile: join(dataDir, 'kafka.pid'),
    signals: { graceful: 'SIGTERM', immediate: 'SIGKILL' },
    answers: () => kafkaAnswers('127.0.0.1', port),
    notYet: /Failed to acquire lock on file/,
  });
}

/** Any cluster id does for a cluster of one; it must be 16 bytes in base64url. */
const clusterId = Buffer.from('simyard-embedded').toString('base64url');

async function format(java: string[], properties: string, more: readonly string[] = []): Promise<void> {
  await run('java', [...java, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', properties, ...more]);
}

/**
 * The short broker session serves restarts: the controller lets a broker that was killed come back only when the session
 * of its former life has expired, nine seconds by default.
 */
function serverProperties({ dataDir, port, controllerPort, properties = '' }: EmbeddedKafkaOptions): string {
  return `
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs=${join(dataDir, 'log')}
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=2
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
default.replication.factor=1
min.insync.replicas=1
log.cleaner.dedupe.buffer.size=2097152
broker.session.timeout.ms=2500
broker.heartbeat.interval.ms=500
${properties}
`.trimStart();
}

const loggingProperties = `
rootLogger.level = warn
rootLogger.appenderRef.stdout.ref = stdout
appender.stdout.type = Console
appender.stdout.name = stdout
appender.stdout.layout.type = PatternLayout
appender.stdout.layout.pattern = %d{ISO8601} %p %c{1}: %m%n
`.trimStart();
