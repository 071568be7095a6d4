import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { startLoop, type Logger } from '#libs/runtime';
import type { Tx } from './tx.js';

/**
 * Tells processes that something was committed, by LISTEN and NOTIFY: they look at once and not at their next turn. A ring
 * may be lost, with a connection or a process, so whoever hears must look now and then all the same.
 */
export interface Bell<Channel extends string> {
  /** Rings for all that hear this channel but this process. What comes while a ring is under way becomes one more. */
  ring(channel: Channel): void;
  stop(): Promise<void>;
}

export interface BellOptions<Channel extends string> {
  url: string;
  /** rings are sent by this; never inside a transaction, whose commit would wait for those of all others that ring */
  database: Tx;
  /** What another process rings, and what to do then; called, too, whenever rings may have been missed. Names in lower case. */
  hears: ReadonlyMap<Channel, () => void>;
  applicationName: string;
  log: Logger;
}

const reconnectMs = 1000;
const connectMs = 5000;

/** A bell that has a connection of its own if there is something for it to hear. */
export function openBell<Channel extends string>(options: BellOptions<Channel>): Bell<Channel> {
  const { url, database, applicationName, log } = options;
  const hears: ReadonlyMap<string, () => void> = options.hears;
  const self = randomUUID();
  const hearWhileConnected = async (signal: AbortSignal): Promise<boolean> => {
    const client = new pg.Client({
      connectionString: url,
      application_name: applicationName,
      connectionTimeoutMillis: connectMs,
      keepAlive: true,
    });
    const lost = once(client, 'end', { signal }).catch(() => undefined);
    client.on('error', (error) => log.warn({ err: error }, 'the connection that hears rings broke'));
    client.on('notification', ({ channel, payload }) => {
      if (payload !== self) hears.get(channel)?.();
    });
    try {
      await client.connect();
      await client.query([...hears.keys()].map((channel) => `listen ${client.escapeIdentifier(channel)}`).join(';'));
      for (const heard of hears.values()) heard();
      await lost;
    } finally {
      await client.end().catch(() => undefined);
    }
    return false;
  };
  const hearing =
    hears.size === 0
      ? undefined
      : startLoop({ name: applicationName, runOnce: hearWhileConnected, idleMs: reconnectMs, log });
  const send = (channels: Channel[]) =>
    database.execute('select pg_notify(channel, $1) from unnest($2::text[]) as channel', [self, channels]);
  return {
    ring: coalesced(send, (error) => log.warn({ err: error }, 'could not ring')),
    stop: async () => hearing?.stop(),
  };
}

/** At most one call under way; what comes meanwhile is one more call after it. */
function coalesced<One>(
  send: (several: One[]) => Promise<unknown>,
  onError: (error: unknown) => void,
): (one: One) => void {
  const waiting = new Set<One>();
  let sending = false;
  const sendAll = async (): Promise<void> => {
    sending = true;
    while (waiting.size > 0) {
      const several = [...waiting];
      waiting.clear();
      await send(several).catch(onError);
    }
    sending = false;
  };
  return (one) => {
    waiting.add(one);
    if (!sending) void sendAll();
  };
}
