export { readAccounts, readFleet } from './examples.js';
export type { FleetRow } from './fleet-row.js';
