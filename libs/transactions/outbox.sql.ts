import type { TopicLane } from '#libs/contracts';
import type { HeaderValue, OutgoingMessage } from '#libs/kafka';
import { bigints, rowsOf, smallints, texts, uuids, type Tx } from '#libs/postgres';
import { shardOf } from './shard.js';

/** Services that write what callers wait for. Each publishes that itself, as soon as it is committed. */
const callersLanes = ['gateway', 'subscriber', 'platform-connector'] as const;
export type CallersLane = (typeof callersLanes)[number];

/** Each has relays of its own. stream: all that nobody waits for */
export type Lane = 'stream' | CallersLane;

const laneNumbers: Record<Lane, number> = { gateway: 0, stream: 1, subscriber: 2, 'platform-connector': 3 };

/** Where a service puts what is to go on a lane of topics. */
export const outboxLane = (writer: CallersLane, lane: TopicLane): Lane => (lane === 'interactive' ? writer : lane);

export const isCallersLane = (name: string): name is CallersLane => callersLanes.some((lane) => lane === name);

/** A message to be published after the commit of the transaction that appends it. */
export interface OutboxMessage {
  lane: Lane;
  /** uuid; becomes the event's id */
  id: string;
  aggregateType: string;
  aggregateId: string;
  type: string;
  /** the contract's name, without the installation's prefix */
  topic: string;
  key: string | null;
  headers: Record<string, unknown>;
  payload: string | null;
  /** key and value byte for byte, in place of `key` and `payload` */
  raw?: { key: Buffer | null; payload: Buffer | null };
}

const columns = 'lane, shard, id, aggregatetype, aggregateid, type, topic, key, headers, payload';
const types = ['smallint', 'smallint', 'uuid', ...Array<string>(7).fill('text')];

/**
 * Appends messages in the given order. To be called after the transaction's first write: a relay relies on a row's
 * position having been taken by a transaction that had its id.
 */
export async function appendToOutbox(tx: Tx, messages: OutboxMessage[]): Promise<void> {
  if (messages.length === 0) return;
  const raw = messages.some((message) => message.raw !== undefined);
  await tx.write(
    `insert into messaging.outbox (${columns}${raw ? ', raw_key, raw_payload' : ''}, created_at)
     select *, clock_timestamp() from ${rowsOf(raw ? [...types, 'bytea', 'bytea'] : types)} as message`,
    [
      smallints(messages.map((message) => laneNumbers[message.lane])),
      smallints(messages.map((message) => shardOf(message.aggregateId))),
      uuids(messages.map((message) => message.id)),
      texts(messages.map((message) => message.aggregateType)),
      texts(messages.map((message) => message.aggregateId)),
      texts(messages.map((message) => message.type)),
      texts(messages.map((message) => message.topic)),
      texts(messages.map((message) => message.key)),
      texts(messages.map((message) => JSON.stringify(message.headers))),
      texts(messages.map((message) => message.payload)),
      ...(raw
        ? [messages.map((message) => message.raw?.key ?? null), messages.map((message) => message.raw?.payload ?? null)]
        : []),
    ],
  );
}

export interface OutboxRow extends OutgoingMessage {
  /** bigint */
  position: string;
}

interface SelectedRow {
  position: string;
  topic: string;
  key: string | null;
  headers: string;
  payload: string | null;
  raw_key: Buffer | null;
  raw_payload: Buffer | null;
}

/** Rows of these shards after `floor`, oldest first. */
export async function readOutbox(
  tx: Tx,
  from: { lane: Lane; shards: number[]; floor: bigint; limit: number },
): Promise<OutboxRow[]> {
  const rows = await tx.query<SelectedRow>(
    `select position, topic, key, headers, payload, raw_key, raw_payload
     from messaging.outbox
     where lane = $1 and position > $2 and shard = any($3::smallint[])
     order by position limit $4`,
    [laneNumbers[from.lane], String(from.floor), from.shards, from.limit],
  );
  return rows.map((row) => ({
    position: row.position,
    topic: row.topic,
    key: row.raw_key ?? row.key,
    value: row.raw_payload ?? row.payload,
    headers: toKafkaHeaders(JSON.parse(row.headers) as Record<string, unknown>),
  }));
}

export async function deleteOutbox(tx: Tx, lane: Lane, positions: string[]): Promise<void> {
  await tx.execute('delete from messaging.outbox where lane = $1 and position = any($2::bigint[])', [
    laneNumbers[lane],
    bigints(positions),
  ]);
}

/** Moves a row that the broker refuses for good out of the way of its shard. */
export async function parkOutbox(tx: Tx, lane: Lane, position: string, error: string): Promise<void> {
  await tx.execute(
    `with parked as (delete from messaging.outbox where lane = $1 and position = $2 returning *)
     insert into messaging.outbox_parked select *, $3 from parked`,
    [laneNumbers[lane], position, error],
  );
}

/** Rows waiting in a lane, counted up to 10,000, and the age of the oldest in seconds. */
export async function outboxBacklog(tx: Tx, lane: Lane): Promise<{ rows: number; ageSeconds: number }> {
  const [row] = await tx.query<{ rows: number; age: number | null }>(
    `select count(*)::int as rows, extract(epoch from clock_timestamp() - min(created_at))::float8 as age
     from (select created_at from messaging.outbox where lane = $1 order by position limit 10000) as waiting`,
    [laneNumbers[lane]],
  );
  return { rows: row?.rows ?? 0, ageSeconds: row?.age ?? 0 };
}

/** Headers that are not UTF-8 stand in the row as `{ base64 }`. From entries, as a header may be named `__proto__`. */
function toKafkaHeaders(headers: Record<string, unknown>): OutgoingMessage['headers'] {
  if (areTexts(headers)) return headers;
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(toHeaderValue) : toHeaderValue(value),
    ]),
  );
}

/** As of nearly every message. */
const areTexts = (headers: Record<string, unknown>): headers is Record<string, string> =>
  Object.values(headers).every((value) => typeof value === 'string');

function toHeaderValue(value: unknown): HeaderValue {
  if (typeof value === 'string') return value;
  if (value !== null && typeof value === 'object' && 'base64' in value) {
    return Buffer.from(String(value.base64), 'base64');
  }
  return null;
}
