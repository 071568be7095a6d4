import { randomBytes } from 'node:crypto';
import { SimyardError } from '#libs/errors';
import { createSeal } from '#libs/platforms';
import type { Tx } from '#libs/postgres';
import { newId } from '#libs/runtime';
import type { CallbackFacade } from './event.js';
import {
  countSubscriptions,
  insertSubscription,
  lockSubscriptionsOf,
  saveClientSecret,
  type Subscription,
} from './subscription.sql.js';

export const maxSubscriptions = 100;

/** Whose callbacks they are. */
export interface Subscriber {
  clientId: string;
  tenantId: string;
  accountId: string;
}

/** What a secret is sealed for: it opens nowhere else. */
export const subscriptionPlace = (subscriptionId: string): string => `secret of subscription ${subscriptionId}`;
export const clientPlace = (clientId: string): string => `callback secret of client ${clientId}`;

/** 256 random bits as base64url. */
const generateSecret = (): string => randomBytes(32).toString('base64url');

/**
 * Subscribes a client; URL and query have been checked. Returns the subscription with the secret that signs its events,
 * which is not shown again. Throws REQUEST_INVALID when the client has 100 already. In a transaction.
 */
export async function subscribe(
  tx: Tx,
  pepper: string,
  { clientId, tenantId, accountId }: Subscriber,
  { callback, query, facade = 'cmo' }: { callback: string; query: string | null; facade?: CallbackFacade },
): Promise<Subscription & { secret: string }> {
  await lockSubscriptionsOf(tx, clientId);
  if ((await countSubscriptions(tx, clientId)) >= maxSubscriptions) {
    throw new SimyardError('REQUEST_INVALID', {
      message: `A client can have ${maxSubscriptions} subscriptions; delete one first.`,
    });
  }
  const subscription = { subscriptionId: newId(), callback, query };
  const secret = generateSecret();
  const sealedSecret = createSeal(pepper).seal(secret, subscriptionPlace(subscription.subscriptionId));
  await insertSubscription(tx, { ...subscription, clientId, tenantId, accountId, sealedSecret, facade });
  return { ...subscription, secret };
}

/** Makes the secret that signs callbacks to the URLs of a client's requests, in place of an earlier one; returns it. */
export async function renewClientSecret(tx: Tx, pepper: string, clientId: string): Promise<string> {
  const secret = generateSecret();
  await saveClientSecret(tx, clientId, createSeal(pepper).seal(secret, clientPlace(clientId)));
  return secret;
}
