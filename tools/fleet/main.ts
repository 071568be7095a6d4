import { demoAccounts } from './accounts.js';
import { accountsFile, fleetFile, writeExamples } from './examples.js';
import { generateFleet } from './generate-fleet.js';

/** Writes the demo's files anew; they are committed, and come out the same every time. */
const fleet = generateFleet();
await writeExamples(demoAccounts, fleet);
console.log(`${accountsFile}: ${demoAccounts.length} accounts`);
console.log(`${fleetFile}: ${fleet.length} subscribers`);
