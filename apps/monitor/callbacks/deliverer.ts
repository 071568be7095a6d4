import {
  claimDeliveries,
  decideDelivery,
  recordAttempts,
  type Attempted,
  type AttemptResult,
  type ClaimedDelivery,
  type RetryPolicy,
} from '#libs/callbacks';
import type { Seal } from '#libs/platforms';
import type { Tx } from '#libs/postgres';
import { failpoint, type Logger } from '#libs/runtime';
import { attempt } from './attempt.js';
import type { CallbackClient } from './callback-client.js';
import { callbackAttempts, callbackLatency, callbacksInFlight } from './callback-metrics.js';
import { createHosts, type HostLimits } from './hosts.js';

export interface DelivererParts {
  database: Tx;
  client: CallbackClient;
  seal: Seal;
  log: Logger;
  /** the monitors of the deliveries' operations as events have them, by delivery */
  render: (deliveries: ClaimedDelivery[]) => Promise<ReadonlyMap<string, unknown>>;
  policy: RetryPolicy;
  limits: HostLimits;
  /** longer than an attempt may take */
  leaseMs: number;
  /** called when an attempt has ended, as there is something to record and room for another */
  wake: () => void;
}

export interface Deliverer {
  /** Records what has ended, claims what is due and begins to send it; returns how many it has begun. */
  runOnce(): Promise<number>;
  /** Waits for the attempts under way, and records them. */
  finish(): Promise<void>;
}

/** Delivers what is due. Attempts run beside the passes: one that takes long holds up nothing but its own host. */
export function createDeliverer(parts: DelivererParts): Deliverer {
  const hosts = createHosts(parts.limits);
  const underWay = new Set<Promise<void>>();
  let ended: Attempted[] = [];

  const record = async (): Promise<void> => {
    const batch = ended;
    ended = [];
    try {
      await recordAttempts(parts.database, batch);
    } catch (error) {
      ended = [...batch, ...ended];
      throw error;
    }
  };

  const send = async (delivery: ClaimedDelivery, monitor: unknown): Promise<void> => {
    const attemptedAt = new Date();
    callbacksInFlight.inc();
    const result = await attempt(parts.client, parts.seal, delivery, monitor);
    failpoint('callback-sent');
    callbacksInFlight.dec();
    hosts.left(delivery.host, result.status !== null || result.error === null);
    ended.push(judge(parts, delivery, result, attemptedAt));
    parts.wake();
  };

  return {
    runOnce: async () => {
      await record();
      const claimed = await claimDeliveries(parts.database, { ...hosts.wish(), leaseMs: parts.leaseMs });
      if (claimed.length === 0) return 0;
      failpoint('callback-claimed');
      hosts.entered(claimed.map(({ host }) => host));
      const monitors = await parts.render(claimed).catch((error: unknown) => {
        // Their leases run out, and they are claimed again.
        for (const { host } of claimed) hosts.left(host, true);
        throw error;
      });
      for (const delivery of claimed) {
        const sending = send(delivery, monitors.get(delivery.deliveryId)).finally(() => underWay.delete(sending));
        underWay.add(sending);
      }
      return claimed.length;
    },
    finish: async () => {
      await Promise.all(underWay);
      await record();
    },
  };
}

function judge(parts: DelivererParts, delivery: ClaimedDelivery, result: AttemptResult, attemptedAt: Date): Attempted {
  const { deliveryId, claim, host, operationId, correlationId, earlierAttempts, eventTime } = delivery;
  const { status, error } = result;
  const step = decideDelivery(delivery.attempt - earlierAttempts, result, parts.policy, Math.random());
  const durationMs = Date.now() - attemptedAt.getTime();
  callbackAttempts.inc({ state: step.state });
  if (error === null) {
    callbackLatency.observe((Date.now() - eventTime.getTime()) / 1000);
  } else {
    const [{ state }, { attempt }] = [step, delivery];
    const about = { deliveryId, operationId, correlationId, host, attempt, status, error, durationMs, state };
    parts.log.warn(about, 'callback failed');
  }
  return { deliveryId, claim, attempt: delivery.attempt, attemptedAt, status, durationMs, error, step };
}
