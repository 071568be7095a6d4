import { startLoop, type Logger } from '#libs/runtime';
import type { KafkaClient } from './client.js';

export interface BrokerWatch {
  /** the cluster has answered within the last 5 s, and has not failed to since */
  reachable(): boolean;
  stop(): Promise<void>;
}

const lookEveryMs = 2000;
const freshMs = 5000;

/** Asks the cluster every 2 s, for who must know whether it is there without waiting for it. */
export function watchBroker(client: KafkaClient, log: Logger): BrokerWatch {
  // Until the first answer is due there is no reason to refuse anybody.
  let answeredAt = performance.now();
  const loop = startLoop({
    name: 'broker watch',
    idleMs: lookEveryMs,
    log,
    runOnce: async () => {
      answeredAt = (await answers(client)) ? performance.now() : -Infinity;
      return false;
    },
  });
  return { reachable: () => performance.now() - answeredAt < freshMs, stop: () => loop.stop() };
}

/** A connection per look, as it is a new one that callers would need. */
async function answers(client: KafkaClient): Promise<boolean> {
  const admin = client.brief.admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).brokers.length > 0;
  } catch {
    return false;
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
