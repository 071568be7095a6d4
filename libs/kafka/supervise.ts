import type { Consumer } from 'kafkajs';
import type { Health, Logger } from '#libs/runtime';
import type { KafkaClient } from './client.js';

export interface SuperviseOptions {
  client: KafkaClient;
  groupId: string;
  sessionTimeoutMs: number;
  /** subscribes and runs a connected consumer */
  start: (consumer: Consumer) => Promise<void>;
  /** told at each joining which partitions this member has, by full topic name */
  onAssigned: (assignment: Record<string, number[]>) => void;
  log: Logger;
  health: Health;
}

export interface Supervised {
  /** a member of the group, which has answered a heartbeat within the session's time-out */
  joined(): boolean;
  stop(): Promise<void>;
}

interface Life {
  consumer: Consumer;
  joined: boolean;
  lastSignAt: number;
  /** a fetch that failed looks like one that found nothing: only heartbeats tell that the group answers */
  lastHeartbeatAt: number;
  crashed: boolean;
}

const checkEveryMs = 1000;
/** A fetch ends after a second even when nothing came, so silence this long is a stall. */
const stalledAfterMs = 60_000;
const restartPauseMs = 1000;
const deadAfterRestarts = 10;

/**
 * Keeps one consumer alive: kafkajs ends for good on some crashes, and may fall silent without one. Either way a new
 * consumer takes its place; livez turns off when ten in a row did not come to join the group.
 */
export async function superviseConsumer(options: SuperviseOptions): Promise<Supervised> {
  const { log, health, groupId } = options;
  let life = await begin(options);
  let restarts = 0;
  let stopping = false;
  const joined = (): boolean => life.joined && Date.now() - life.lastHeartbeatAt < options.sessionTimeoutMs;
  let checking: Promise<void> = Promise.resolve();

  const check = async (): Promise<void> => {
    if (joined()) restarts = 0;
    const stalled = Date.now() - life.lastSignAt > stalledAfterMs;
    if (stopping || (!life.crashed && !stalled)) return;
    log.error({ groupId, stalled, restarts }, 'consumer ended, starting a new one');
    const old = life;
    old.joined = false;
    await within(restartPauseMs * 5, old.consumer.disconnect());
    life = await begin(options);
    // Only now: while Kafka is away nothing begins, and a new process would fare no better.
    restarts += 1;
  };

  const timer = setInterval(() => {
    checking = checking.then(check).catch((error: unknown) => {
      log.error({ err: error, groupId }, 'consumer could not be started');
    });
  }, checkEveryMs);
  health.alive(`consumer ${groupId}`, () => restarts < deadAfterRestarts);

  return {
    joined,
    stop: async () => {
      stopping = true;
      clearInterval(timer);
      // It may be trying to reach a broker that is away.
      await within(restartPauseMs * 5, checking);
      await life.consumer.disconnect();
    },
  };
}

async function begin({ client, groupId, sessionTimeoutMs, start, onAssigned }: SuperviseOptions): Promise<Life> {
  const consumer = client.kafka.consumer({
    groupId: client.prefix + groupId,
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: Math.max(60_000, sessionTimeoutMs * 2),
    heartbeatInterval: 3000,
    // Ends an empty fetch, and with it bounds the wait at shutdown.
    maxWaitTimeInMs: 1000,
    // A fetch is held in memory whole, several times over once decoded.
    maxBytes: 2 * 1024 * 1024,
    maxBytesPerPartition: 1024 * 1024,
    retry: { initialRetryTime: 100, maxRetryTime: 2000, retries: 1000 },
  });
  const life: Life = { consumer, joined: false, lastSignAt: Date.now(), lastHeartbeatAt: 0, crashed: false };
  watch(life, onAssigned);
  await consumer.connect();
  await start(consumer);
  return life;
}

function watch(life: Life, onAssigned: SuperviseOptions['onAssigned']): void {
  const { consumer } = life;
  const { events } = consumer;
  const sign = (): void => {
    life.lastSignAt = Date.now();
  };
  const left = (): void => {
    life.joined = false;
  };
  // A rejoin that fails while the coordinator loads may be given up by kafkajs: the member goes on as it was.
  const answered = (): void => {
    life.joined = true;
    life.lastHeartbeatAt = Date.now();
    sign();
  };
  for (const event of [events.FETCH, events.FETCH_START, events.END_BATCH_PROCESS]) consumer.on(event, sign);
  consumer.on(events.HEARTBEAT, answered);
  consumer.on(events.GROUP_JOIN, ({ payload }) => {
    answered();
    onAssigned(payload.memberAssignment);
  });
  consumer.on(events.REBALANCING, left);
  consumer.on(events.DISCONNECT, left);
  consumer.on(events.STOP, left);
  consumer.on(events.CRASH, ({ payload }) => {
    left();
    if (!payload.restart) life.crashed = true;
  });
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work.catch(() => undefined), limit]);
  clearTimeout(timer);
}
