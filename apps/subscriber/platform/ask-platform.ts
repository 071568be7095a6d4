import type { Plain, PlatformChange } from '#libs/contracts';
import type { InventoryView, Sim, Subscriber } from '#libs/inventory';
import { entityText } from '#libs/locks';
import { isConnected, type Platforms } from '#libs/platforms';
import { rejected, type Command, type Decision } from '#libs/transactions';
import { platformRequestMessage } from './platform-request-message.js';

/** Who carries changes of SIMs out, and by when a change that begins now must have ended. */
export interface Routing {
  platforms: Platforms;
  deadline: Date;
}

/** A change of a subscriber's SIM that may be made as far as Simyard is concerned. */
export interface SimChange {
  subscriber: Subscriber;
  sim: Sim;
  change: Plain<PlatformChange>;
}

/**
 * Hands a change over to the SIM's platform: it is begun, and its operation holds the subscriber in the view until the
 * platform has answered. Undefined where no platform is to be asked, and the change is to be made at once.
 */
export function askPlatform(
  view: InventoryView,
  { platforms, deadline }: Routing,
  command: Command,
  { subscriber, sim, change }: SimChange,
): Decision | undefined {
  const platform = platforms.get(sim.platform ?? '');
  if (platform === undefined) return undefined;
  if (platform.changes[change.kind] === undefined) return rejected('PLATFORM_CHANGE_NOT_OFFERED');
  if (!isConnected(platform)) return undefined;
  view.locks.set(entityText({ type: 'Subscriber', id: subscriber.subscriberId }), command.operationId);
  const message = platformRequestMessage(command, subscriber, { ...sim, platform: platform.name }, change);
  return { status: 'ACCEPTED', deadline, messages: [message] };
}
