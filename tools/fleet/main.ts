import { demoAccounts } from './accounts.js';
import { accountsFile, fleetFile, offersFile, writeExamples } from './examples.js';
import { generateFleet } from './generate-fleet.js';
import { demoOffers } from './offers.js';

/** Writes the demo's files anew; they are committed, and come out the same every time. */
const fleet = generateFleet();
await writeExamples(demoAccounts, demoOffers, fleet);
console.log(`${accountsFile}: ${demoAccounts.length} accounts`);
console.log(`${offersFile}: ${demoOffers.length} offers`);
console.log(`${fleetFile}: ${fleet.length} subscribers`);
