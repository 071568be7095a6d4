import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { startLoop, type Logger } from '#libs/runtime';
import type { Tx } from './tx.js';

/**
 * Tells processes that something was committed, by LISTEN and NOTIFY: they look at once and not at their next turn. A ring
 * may be lost, with a connection or a process, so whoever hears must look now and then all the same.
 */
export interface Bell {
  /** Rings for all that hear it but this one. What comes while a ring is under way becomes one more. */
  ring(): void;
  /** Calls this whenever another process has rung, and when rings may have been missed. */
  hear(onRing: () => void): void;
  stop(): Promise<void>;
}

export interface BellOptions {
  url: string;
  /** rings are sent by this; never inside a transaction, whose commit would wait for those of all others that ring */
  database: Tx;
  /** a name in lower case */
  channel: string;
  applicationName: string;
  log: Logger;
}

const reconnectMs = 1000;
const connectMs = 5000;

/** A bell that has a connection of its own as soon as somebody wants to hear it. */
export function openBell({ url, database, channel, applicationName, log }: BellOptions): Bell {
  const self = randomUUID();
  const listeners: (() => void)[] = [];
  const tell = (): void => {
    for (const listener of listeners) listener();
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
      if (payload !== self) tell();
    });
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
      tell();
      await lost;
    } finally {
      await client.end().catch(() => undefined);
    }
    return false;
  };
  let hearing: { stop: () => Promise<void> } | undefined;
  const send = () => database.execute('select pg_notify($1, $2)', [channel, self]);
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
function coalesced(send: () => Promise<unknown>, onError: (error: unknown) => void): () => void {
  let sending = false;
  let again = false;
  const call = (): void => {
    if (sending) {
      again = true;
      return;
    }
    sending = true;
    void send()
      .catch(onError)
      .finally(() => {
        sending = false;
        if (!again) return;
        again = false;
        call();
      });
  };
  return call;
}
