import { randomUUID } from 'node:crypto';
import { asSimyardError } from '#libs/errors';
import { createKafka, createProducer, type Producer } from '#libs/kafka';
import { openDatabase, releaseLeases, renewLeases, type LeaseGroup, type Transactions } from '#libs/postgres';
import { Counter, failpoint, Gauge, startLoop, type Logger, type Loop, type ServiceContext } from '#libs/runtime';
import { advanceFloor, readMark, readOldestRunning, startFloor, type OutboxFloor } from './outbox-floor.js';
import { deleteOutbox, outboxBacklog, parkOutbox, readOutbox, type Lane, type OutboxRow } from './outbox.sql.js';
import { shardCount } from './shard.js';

export interface RelayOptions {
  database: Transactions;
  producer: Producer;
  lane: Lane;
  /** this process; unique per start */
  owner: string;
  log: Logger;
  leaseTtlMs?: number;
  batchSize?: number;
  idleMs?: number;
}

export interface Relay {
  /** there is something in the outbox: read now */
  wake(): void;
  /** whether it publishes the whole lane, as far as it knows, and no other process has any of it to publish */
  ownsAll(): boolean;
  /** a pass went well within 30 s */
  healthy(): boolean;
  /** passes end, well or not */
  moving(): boolean;
  /** ends the pass under way, publishes what was written last, and gives the shards back */
  stop(): Promise<void>;
}

const published = new Counter({
  name: 'simyard_outbox_published_total',
  help: 'Outbox rows that the broker has acknowledged',
  labelNames: ['lane'],
});
const parked = new Counter({
  name: 'simyard_outbox_parked_total',
  help: 'Outbox rows that the broker refused for good',
  labelNames: ['lane'],
});
const depth = new Gauge({
  name: 'simyard_outbox_rows',
  help: 'Outbox rows waiting, counted up to 10,000',
  labelNames: ['lane'],
});
const age = new Gauge({
  name: 'simyard_outbox_age_seconds',
  help: 'Age of the oldest outbox row',
  labelNames: ['lane'],
});

/**
 * After a pass that found less than a full batch rows gather in the stream lane, as a small send costs the broker, the
 * consumers and the relay nearly what a large one does.
 */
const gatherMs = 100;
/** In the callers' lanes who commits wakes the relay, and this is for what was not heard. */
const unheardMs = 500;
const defaultBatchSize = 2000;
const floorEveryMs = 1000;
const sweepEveryMs = 60_000;
const gaugesEveryMs = 5000;

/**
 * Publishes the outbox: reads the rows of the shards this process leases, sends them in order, deletes them. One send at
 * a time; after a doubt nothing is assumed, and the rows are read again, so a row may be published more than once.
 */
export function startRelay(options: RelayOptions): Relay {
  const pass = createRelayPass(options);
  const fullBatch = options.batchSize ?? defaultBatchSize;
  let lastGoodAt = Date.now();
  const loop: Loop = startLoop({
    name: `relay ${options.lane}`,
    log: options.log,
    idleMs: options.idleMs ?? (options.lane === 'stream' ? gatherMs : unheardMs),
    runOnce: async () => {
      const sent = await pass.runOnce();
      lastGoodAt = Date.now();
      return sent >= fullBatch;
    },
  });
  return {
    wake: () => loop.wake(),
    ownsAll: () => pass.ownsAll(),
    healthy: () => Date.now() - lastGoodAt < 30_000,
    moving: () => loop.moving(),
    stop: async () => {
      await loop.stop();
      // Nobody else may have this lane. What cannot be published now waits.
      await pass.runOnce().catch((error: unknown) => {
        options.log.warn({ err: error, lane: options.lane }, 'the last pass of the relay failed');
      });
      await pass.end();
    },
  };
}

const requestTimeoutMs = 3000;

/** What is known of a queue's table is always out of date: the planner would sort all of it for the next thousand rows. */
const inOrderOfIndex = { enable_bitmapscan: 'off', enable_sort: 'off' };

/** A server that crashes may forget that rows were deleted: they are published again, as after any doubt. */
const withoutFlush = { synchronous_commit: 'off' };

/**
 * The relay of a service's process, with connections, a producer and health checks of its own. Its service is ready also
 * while nothing can be published: what it writes waits in the outbox.
 */
export async function startServiceRelay(service: string, lane: Lane, context: ServiceContext): Promise<Relay> {
  const { config, log, health } = context;
  const database = await openDatabase({
    url: config.databaseUrl,
    applicationName: `simyard-${service}-relay`,
    poolSize: 1,
    settings: { ...inOrderOfIndex, ...withoutFlush },
  });
  const producer = createProducer(createKafka(config, `simyard-${service}-relay`, log, { requestTimeoutMs }));
  const relay = startRelay({
    database: database.prepared,
    producer,
    lane,
    owner: `${service} ${process.pid} ${randomUUID()}`,
    log,
  });
  health.alive(`relay ${lane}`, () => relay.moving());
  health.show(`relay ${lane}`, () => relay.healthy());
  return {
    ...relay,
    stop: async () => {
      await relay.stop();
      await producer.close();
      await database.close();
    },
  };
}

interface RelayState {
  shards: number[];
  /** local clock, ms; measured from before the renewal */
  ownedUntil: number;
  renewAt: number;
  floor: OutboxFloor;
  floorAt: number;
  sweepAt: number;
  gaugesAt: number;
}

export interface RelayPass {
  /** rows that were read */
  runOnce: () => Promise<number>;
  ownsAll: () => boolean;
  end: () => Promise<void>;
}

/** The gateway's lane was that of all that callers wait for: a release with that one shares its shards with this. */
const leasesOf = (lane: Lane): string => (lane === 'gateway' ? 'outbox interactive' : `outbox ${lane}`);

export function createRelayPass(options: RelayOptions): RelayPass {
  const ttlMs = options.leaseTtlMs ?? 10_000;
  const group: LeaseGroup = { name: leasesOf(options.lane), slots: shardCount, owner: options.owner, ttlMs };
  const state: RelayState = {
    shards: [],
    ownedUntil: 0,
    renewAt: 0,
    floor: startFloor,
    floorAt: 0,
    sweepAt: Date.now() + sweepEveryMs,
    gaugesAt: 0,
  };

  async function runOnce(): Promise<number> {
    await renewWhenDue(options, state, group);
    const rows = state.shards.length > 0 ? await readRows(options, state) : [];
    if (rows.length > 0) await publish(options, state, rows);
    if (state.shards.length > 0) await moveFloor(options, state);
    await updateGauges(options, state);
    return rows.length;
  }

  return {
    runOnce,
    ownsAll: () => state.shards.length === shardCount && Date.now() < state.ownedUntil,
    end: () => releaseLeases(options.database, group),
  };
}

async function renewWhenDue(options: RelayOptions, state: RelayState, group: LeaseGroup): Promise<void> {
  const now = Date.now();
  if (now < state.renewAt) return;
  const before = state.shards.join();
  state.shards = (await renewLeases(options.database, group)).toSorted((a, b) => a - b);
  state.ownedUntil = now + group.ttlMs;
  state.renewAt = now + group.ttlMs / 5;
  // A shard that is new here may have rows from long ago.
  if (state.shards.join() !== before) state.floor = startFloor;
}

async function readRows(options: RelayOptions, state: RelayState): Promise<OutboxRow[]> {
  const sweep = Date.now() >= state.sweepAt;
  if (sweep) state.sweepAt = Date.now() + sweepEveryMs;
  return readOutbox(options.database, {
    lane: options.lane,
    shards: state.shards,
    floor: sweep ? 0n : state.floor.position,
    limit: options.batchSize ?? defaultBatchSize,
  });
}

async function moveFloor(options: RelayOptions, state: RelayState): Promise<void> {
  const now = Date.now();
  if (now < state.floorAt) return;
  state.floorAt = now + floorEveryMs;
  const { mark } = state.floor;
  if (mark === undefined) {
    state.floor = { ...state.floor, mark: await readMark(options.database) };
    return;
  }
  if ((await readOldestRunning(options.database)) < mark.nextTransaction) return;
  // What the mark covers is visible by now: a look from the floor tells what of it is still to be published.
  const [first] = await readOutbox(options.database, {
    lane: options.lane,
    shards: state.shards,
    floor: state.floor.position,
    limit: 1,
  });
  const lowestLeft = first === undefined ? undefined : BigInt(first.position);
  state.floor = advanceFloor(state.floor, mark.nextTransaction, lowestLeft);
}

/** Sends what is still surely ours, then deletes it. */
async function publish(options: RelayOptions, state: RelayState, rows: OutboxRow[]): Promise<void> {
  if (Date.now() >= state.ownedUntil) {
    state.renewAt = 0;
    return;
  }
  try {
    await options.producer.send(rows);
  } catch (thrown) {
    const error = asSimyardError(thrown);
    if (error.code !== 'MESSAGE_TOO_LARGE') throw error;
    await publishApart(options, state, rows);
    return;
  }
  failpoint('relay-after-send');
  await deleteOutbox(
    options.database,
    options.lane,
    rows.map((row) => row.position),
  );
  published.inc({ lane: options.lane }, rows.length);
}

/** Halves until the row that the broker refuses stands alone, and parks that one. */
async function publishApart(options: RelayOptions, state: RelayState, rows: OutboxRow[]): Promise<void> {
  const [first] = rows;
  if (rows.length === 1 && first) {
    await parkOutbox(options.database, options.lane, first.position, 'MESSAGE_TOO_LARGE');
    parked.inc({ lane: options.lane });
    options.log.error({ position: first.position, topic: first.topic }, 'outbox row parked: the broker refuses it');
    return;
  }
  const middle = Math.ceil(rows.length / 2);
  await publish(options, state, rows.slice(0, middle));
  await publish(options, state, rows.slice(middle));
}

async function updateGauges(options: RelayOptions, state: RelayState): Promise<void> {
  if (Date.now() < state.gaugesAt) return;
  state.gaugesAt = Date.now() + gaugesEveryMs;
  const backlog = await outboxBacklog(options.database, options.lane);
  depth.set({ lane: options.lane }, backlog.rows);
  age.set({ lane: options.lane }, backlog.ageSeconds);
}
