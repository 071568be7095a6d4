import {
  clientPlace,
  monitorEvent,
  subscriptionPlace,
  type AttemptResult,
  type ClaimedDelivery,
} from '#libs/callbacks';
import { signCallback, type Seal } from '#libs/platforms';
import type { CallbackClient } from './callback-client.js';

const msPerSecond = 1000;

/** One attempt at a delivery, with the operation's monitor as its body has it; undefined where there is none. Never throws. */
export async function attempt(
  client: CallbackClient,
  seal: Seal,
  delivery: ClaimedDelivery,
  monitor: unknown,
): Promise<AttemptResult> {
  const { deliveryId, sealedSecret, url } = delivery;
  if (monitor === undefined) return { status: null, error: 'the operation has no monitor', final: true };
  if (sealedSecret === null) return { status: null, error: 'the subscription or its client is no more', final: true };
  const secret = unseal(seal, sealedSecret, delivery);
  if (secret === undefined) return { status: null, error: 'the secret cannot be read' };
  const body = monitorEvent({ eventId: deliveryId, ...delivery }, monitor);
  const timestamp = String(Math.floor(Date.now() / msPerSecond));
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Simyard',
    'x-simyard-timestamp': timestamp,
    'x-simyard-signature': signCallback(secret, timestamp, body),
  };
  return client.post(url, headers, body);
}

function unseal(seal: Seal, sealed: string, { subscriptionId, clientId }: ClaimedDelivery): string | undefined {
  try {
    return seal.unseal(sealed, subscriptionId === null ? clientPlace(clientId) : subscriptionPlace(subscriptionId));
  } catch {
    return undefined;
  }
}
