import {
  referencedSubscriber,
  simOfSubscriber,
  type InventoryView,
  type Reference,
  type Sim,
  type Subscriber,
} from '#libs/inventory';
import { lockRefusal, rejected, type Command, type Decision } from '#libs/transactions';

type NamedSim =
  | { subscriber: Subscriber; sim: Sim; refusal?: undefined }
  | { subscriber?: undefined; sim?: undefined; refusal: Decision };

/** The subscriber that a command names, who must be free, and his SIM; or why the command is refused. */
export function namedSim(view: InventoryView, command: Command, reference: Reference): NamedSim {
  const subscriber = referencedSubscriber(view, command.actor, reference);
  if (!subscriber) return { refusal: rejected('SUBSCRIBER_NOT_FOUND', 'subscriber') };
  const refusal = lockRefusal(view.locks, command, { type: 'Subscriber', id: subscriber.subscriberId });
  if (refusal) return { refusal };
  const sim = simOfSubscriber(view, subscriber.subscriberId);
  return sim ? { subscriber, sim } : { refusal: rejected('SIM_NOT_FOUND', 'subscriber') };
}
