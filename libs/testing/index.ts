export { eventually, type EventuallyOptions } from './eventually.js';
export { privateInfrastructure, type PrivateInfrastructure } from './private-infrastructure.js';
export { testBrokers, testTopicPrefix } from './run.js';
export {
  emptyTemplate,
  mainTemplate,
  testDatabase,
  type DatabaseTemplate,
  type TestDatabase,
} from './test-database.js';
export { selfSigned, type Certificate } from './certificate.js';
export { commandRecord } from './records.js';
export * from './inventory.js';
export { saveAccounts, saveInventory } from './inventory-rows.js';
export { platformsOf } from './platforms.js';
export { saveLargeInventory, sequentialScans } from './large-inventory.js';
export { codeOf, VersionLedger } from './version-ledger.js';
export { lockingOf, operationRow } from './operations.js';
export { entriesRead } from './entries-read.js';
export { watched } from './watched.js';
