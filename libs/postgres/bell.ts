import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { startLoop, type Logger } from '#libs/runtime';
import type { Tx } from './tx.js';

/**
 * Tells processes that something was committed, by LISTEN and NOTIFY: they look at once and not at their next turn. A ring
 * may be lost, with a connection or a process, so whoever hears must look now and then all the same.
 */
export interface Bell<News extends string> {
  /** Rings for all that hear it but this one. What comes while a ring is under way becomes one more. */
  ring(news: News): void;
  /** Calls this whenever another process has rung, with its news; and with all of them when rings may have been missed. */
  hear(onRing: (news: ReadonlySet<News>) => void): void;
  stop(): Promise<void>;
}

export interface BellOptions<News extends string> {
  url: string;
  /** rings are sent by this; never inside a transaction, whose commit would wait for those of all others that ring */
  database: Tx;
  /** a name in lower case */
  channel: string;
  /** all there are, each a word */
  news: readonly News[];
  applicationName: string;
  log: Logger;
}

const reconnectMs = 1000;
const connectMs = 5000;

/** A bell that has a connection of its own as soon as somebody wants to hear it. */
export function openBell<News extends string>(options: BellOptions<News>): Bell<News> {
  const { url, database, channel, applicationName, log } = options;
  const self = randomUUID();
  const listeners: ((news: ReadonlySet<News>) => void)[] = [];
  const tell = (news: readonly News[]): void => {
    for (const listener of listeners) listener(new Set(news));
  };
  const hearWhileConnected = async (signal: AbortSignal): Promise<boolean> => {
    const client = new pg.Client({
      connectionString: url,
      application_name: applicationName,
      connectionTimeoutMillis: connectMs,
      keepAlive: true,
    });
    const lost = once(client, 'end', { signal }).catch(() => undefined);
    client.on('error', (error) => log.warn({ err: error, channel }, 'the connection that hears rings broke'));
    client.on('notification', ({ payload }) => {
      const [sender, ...news] = payload?.split(' ') ?? [];
      if (sender !== self) tell(options.news.filter((one) => news.includes(one)));
    });
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
      tell(options.news);
      await lost;
    } finally {
      await client.end().catch(() => undefined);
    }
    return false;
  };
  let hearing: { stop: () => Promise<void> } | undefined;
  const send = (news: News[]) => database.execute('select pg_notify($1, $2)', [channel, [self, ...news].join(' ')]);
  return {
    ring: coalesced(send, (error) => log.warn({ err: error, channel }, 'could not ring')),
    hear: (onRing) => {
      listeners.push(onRing);
      hearing ??= startLoop({ name: `bell ${channel}`, runOnce: hearWhileConnected, idleMs: reconnectMs, log });
    },
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
