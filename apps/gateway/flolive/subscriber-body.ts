import type { SubscriberRead } from '#libs/inventory';
import { noError } from './flolive-errors.js';
import { wordOf } from './sim-status-words.js';

/** A subscriber as floLIVE shows it (shape ours): what it does not have is an empty text or list. */
export function subscriberBody(subscriber: SubscriberRead): object {
  const { subscriberId, externalId, accountId, state, platform, resources, offers } = subscriber;
  const content = {
    subscriberId,
    externalId,
    customerId: accountId,
    state,
    platform: platform ?? '',
    sim: simBody(subscriber),
    resources: resources.map(({ type, value }) => ({ type, value })),
    offers: offers.map(({ offerId, name, attachedAt }) => ({ offerId, name, attachedAt: attachedAt.toISOString() })),
  };
  return { ...noError, content };
}

function simBody({ iccid, imsi, simStatus, firstActivatedAt }: SubscriberRead): object {
  return {
    iccid: iccid ?? '',
    imsi: imsi ?? '',
    status: simStatus === null ? '' : wordOf(simStatus),
    firstActivationTime: firstActivatedAt?.toISOString() ?? '',
  };
}
