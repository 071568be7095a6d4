export { inventoryMigrations } from './migrations/index.js';
export { accountsOf, insertAccounts, shareAccounts, type NewAccount } from './account.sql.js';
export {
  accountsOfBusinessUnit,
  findSimsOfUnit,
  listBusinessUnits,
  saveBusinessUnit,
  type BusinessUnit,
  type FoundSim,
} from './business-unit.sql.js';
export { describeService, listServices, readService, type Service, type ServiceFilter } from './service.sql.js';
export { findAccountsFor } from './find-accounts.js';
export {
  findAndShareSubscribers,
  findSubscribers,
  findSubscribersFor,
  shareSubscribers,
  type AskedSubscriber,
  type FoundSubscriber,
} from './find-subscribers.sql.js';
export { sameCustomProperties } from './custom-properties.js';
export {
  addParam,
  changeParam,
  createExternalParamView,
  listExternalParams,
  lockExternalParams,
  paramByName,
  removeParam,
  writeExternalParams,
  type ExternalParamView,
  type WantedParam,
} from './external-params.js';
export type { ExternalParamPage, Page } from './external-param.sql.js';
export { insertOffers, listOffers, type Offer } from './offer.sql.js';
export {
  attachedOffer,
  attachOffer,
  createOfferView,
  detachOffer,
  isOffered,
  readOffers,
  writeOffers,
  type OfferView,
} from './offers.js';
export { mayGo, simStatusOf, stateOfSim } from './states.js';
export {
  compileResourceTypes,
  resourceKey,
  type ResourceKey,
  type ResourceType,
  type ResourceTypeDefinition,
  type ResourceTypes,
} from './resource-type.js';
export { resourceTypeSource, type ResourceTypeSource } from './configured-types.js';
export type { Account, EndedResource, ExternalParam, Resource, Sim, Subscriber, SubscriberOffer } from './rows.js';
export {
  assignmentOf,
  createView,
  simOfSubscriber,
  subscriberByExternalId,
  type InventoryRows,
  type InventoryView,
} from './view.js';
export {
  iccidIdentifier,
  wantExternalId,
  wantNothing,
  wantResource,
  wantSubscriber,
  type Reference,
  type Wanted,
} from './wanted.js';
export { heldResource, inTree, referencedSubscriber, type AccountScope } from './references.js';
export { checkNewResource, type ResourceRefusal, type WantedResource } from './new-resource.js';
export { startPosting, type Posting } from './posting.js';
export { addResource, endResource, swapResource } from './resource-changes.js';
export {
  addSubscriber,
  applySimStatus,
  assignCustomProperties,
  changeSimStatus,
  changeState,
  giveSim,
  resetFirstActivation,
  transferTo,
} from './subscriber-changes.js';
export { lockInventory, type LockingContext } from './lock-inventory.js';
export { writeInventory } from './write-inventory.js';
export {
  findSubscriber,
  readResources,
  readSubscriber,
  type ResourceRead,
  type SubscriberRead,
} from './read-inventory.js';
export type { ResourcePage, ResourcePeriod } from './read-resources.sql.js';
export type { AttachedOffer, CurrentResource, SubscriberDetails } from './read-subscriber.sql.js';
export {
  listProducts,
  readProduct,
  readProducts,
  type ProductName,
  type ProductPage,
  type ProductQuery,
  type ProductRow,
} from './products.sql.js';
