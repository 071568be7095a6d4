export { demoBusinessUnits } from './accounts.js';
export { readAccounts, readFleet, readOffers } from './examples.js';
export type { FleetRow } from './fleet-row.js';
