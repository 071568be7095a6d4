import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { commandTopic, commandType, toHeaders, type SimStatus } from '#libs/contracts';
import { createProducer, sendPatiently, type OutgoingMessage } from '#libs/kafka';
import { platformNames } from '../stack/index.js';
import { benchActor, benchTenant, externalIdOf } from './fleet.js';
import { latencyOf, type Latency } from './latency.js';
import type { BenchStack } from './stack.js';

/** Subscribers are on the ten platforms by turns. */
export const platformOf = (index: number): string => platformNames[index % platformNames.length] ?? '';

export interface StatusChange {
  commandId: string;
  platform: string;
  /** Unix time in ms */
  sentAt: number;
}

const perSend = 100;

/**
 * Orders this status for subscribers 0 to below `count` by Kafka: as fast as Kafka takes it, or `perSecond`, evenly. A
 * command's time begins when it is handed to the producer.
 */
export async function sendChanges(
  stack: BenchStack,
  count: number,
  status: SimStatus,
  perSecond = Infinity,
): Promise<StatusChange[]> {
  const producer = createProducer(stack.client);
  const changes: StatusChange[] = [];
  const startedAt = performance.now();
  const atOnce = perSecond === Infinity ? 1000 : Math.max(1, Math.min(perSend, Math.round(perSecond / 20)));
  for (let from = 0; from < count; from += atOnce) {
    await delay(Math.max(0, startedAt + (from * 1000) / perSecond - performance.now()));
    const indexes = Array.from({ length: Math.min(atOnce, count - from) }, (_, n) => from + n);
    const sentAt = Date.now();
    const commands = indexes.map((index) => ({ index, commandId: randomUUID() }));
    await sendPatiently(
      producer,
      commands.map(({ index, commandId }) => changeMessage(index, commandId, status)),
    );
    changes.push(...commands.map(({ index, commandId }) => ({ commandId, platform: platformOf(index), sentAt })));
  }
  await producer.close();
  return changes;
}

const changeMessage = (index: number, id: string, status: SimStatus): OutgoingMessage => ({
  topic: commandTopic('subscriber'),
  key: externalIdOf(index),
  value: JSON.stringify({ subscriber: { externalId: externalIdOf(index) }, status }),
  headers: toHeaders({
    ...{ id, type: commandType('ChangeSimStatus'), source: '/bench', time: new Date().toISOString() },
    ...{ tenant: benchTenant, actor: benchActor, correlationId: id },
  }),
});

const giveUpAfterMs = 180_000;

/** So many are looked at while more are open: looking at all would keep the database busier than the changes do. */
const lookedAt = 50;

/** Waits until none of these operations is open, but those of the platform that is named; gives up when none ends for long. */
export async function untilChanged(stack: BenchStack, changes: StatusChange[], butOf?: string): Promise<void> {
  let open = changes.filter(({ platform }) => platform !== butOf).map(({ commandId }) => commandId);
  let movedAt = performance.now();
  while (open.length > 0) {
    if (performance.now() > movedAt + giveUpAfterMs) throw new Error(`${open.length} changes have not ended`);
    await delay(200);
    // The youngest first: when they have ended, most of the others have.
    const youngest = open.slice(-lookedAt);
    if ((await readEnded(stack, youngest)).size < youngest.length) continue;
    const ended = await readEnded(stack, open);
    open = open.filter((id) => !ended.has(id));
    movedAt = performance.now();
  }
}

async function readEnded({ database }: BenchStack, commandIds: string[]): Promise<Set<string>> {
  const rows = await database.query<{ id: string }>(
    `select message_id as id from messaging.inbox join operations.operation using (operation_id)
     where inbox.tenant_id = $1 and source = '/bench' and message_id = any($2)
       and operation.status not in ('ACCEPTED', 'IN_PROGRESS')`,
    [benchTenant, commandIds],
  );
  return new Set(rows.map(({ id }) => id));
}

export interface ChangeTimes {
  failures: number;
  /** from sending to the operation's end, in Unix time of the last one */
  lastEndedAt: number;
  ofPlatforms: Record<string, Latency>;
  ofAll: Latency;
}

/** How long changes took from their sending to the end of their operation, by platform. */
export async function timesOf({ database }: BenchStack, changes: StatusChange[]): Promise<ChangeTimes> {
  const rows = await database.query<{ commandId: string; status: string; endedAt: number }>(
    `select message_id as "commandId", operation.status,
       (extract(epoch from operation.updated_at) * 1000)::float8 as "endedAt"
     from messaging.inbox join operations.operation using (operation_id)
     where inbox.tenant_id = $1 and source = '/bench' and message_id = any($2)`,
    [benchTenant, changes.map(({ commandId }) => commandId)],
  );
  const ends = new Map(rows.map((row) => [row.commandId, row]));
  const timed = changes.flatMap(({ commandId, platform, sentAt }) => {
    const end = ends.get(commandId);
    return end?.status === 'COMPLETED' ? [{ platform, ms: end.endedAt - sentAt, endedAt: end.endedAt }] : [];
  });
  const latencies = (its: typeof timed): Latency => latencyOf(its.map(({ ms }) => ms));
  const byPlatform = Map.groupBy(timed, ({ platform }) => platform);
  return {
    failures: changes.length - timed.length,
    lastEndedAt: timed.reduce((last, { endedAt }) => Math.max(last, endedAt), 0),
    ofPlatforms: Object.fromEntries([...byPlatform].map(([platform, its]) => [platform, latencies(its)])),
    ofAll: latencies(timed),
  };
}
