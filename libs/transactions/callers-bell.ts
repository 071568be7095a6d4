import { openBell, type Database } from '#libs/postgres';
import type { ServiceContext } from '#libs/runtime';
import { isCallersLane, type CallersLane } from './outbox.sql.js';
import { startServiceRelay } from './relay.js';

/** Rung by whoever has committed what a caller waits for: operations that ended, or rows of a lane of the outbox. */
const channels = {
  ended: 'simyard_ended',
  gateway: 'simyard_outbox_gateway',
  subscriber: 'simyard_outbox_subscriber',
  'platform-connector': 'simyard_outbox_platform_connector',
} as const satisfies Record<'ended' | CallersLane, string>;

type Channel = (typeof channels)[keyof typeof channels];

export interface CallersBell {
  /** operations that callers wait for have ended */
  ended(): void;
  /** rows of the service's own lane are committed: they are published at once, by whichever instance has their shards */
  written(): void;
  stop(): Promise<void>;
}

/** A service's bell, with the relay of its lane of the outbox if it has one for what callers wait for. */
export async function openCallersBell(
  service: string,
  database: Database,
  context: ServiceContext,
  onEnded?: () => void,
): Promise<CallersBell> {
  const lane = isCallersLane(service)
    ? { channel: channels[service], relay: await startServiceRelay(service, service, context) }
    : undefined;
  const hears = new Map<Channel, () => void>();
  if (lane) hears.set(lane.channel, () => lane.relay.wake());
  if (onEnded) hears.set(channels.ended, onEnded);
  const bell = openBell<Channel>({
    hears,
    url: context.config.databaseUrl,
    database: database.prepared,
    applicationName: `simyard-${service}-bell`,
    log: context.log,
  });
  return {
    ended: () => bell.ring(channels.ended),
    written: () => {
      if (lane === undefined) return;
      lane.relay.wake();
      if (!lane.relay.ownsAll()) bell.ring(lane.channel);
    },
    stop: async () => {
      await bell.stop();
      await lane?.relay.stop();
    },
  };
}
