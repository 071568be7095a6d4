import type { Offer } from '#libs/inventory';
import { demoAccounts } from './accounts.js';

const catalogue = [
  { offerId: 'IOT-10MB', name: '10 MB a month' },
  { offerId: 'IOT-100MB', name: '100 MB a month' },
  { offerId: 'IOT-1GB', name: '1 GB a month' },
];

/** The same three data plans for each tenant. */
export const demoOffers: Offer[] = demoAccounts
  .filter(({ parentId }) => parentId === undefined)
  .flatMap(({ accountId: tenantId }) => catalogue.map((offer) => ({ tenantId, ...offer })));
