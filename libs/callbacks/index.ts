export { callbacksMigrations } from './migrations/index.js';
export { createUrlGuard, type UrlGuard } from './url-guard.js';
export { checkCallbackUrl, refusedUrl, resolveByDns, type Resolve } from './check-url.js';
export {
  eventTypesOf,
  monitorEvent,
  problemOfQuery,
  type CallbackFacade,
  type EventType,
  type MonitorEvent,
} from './event.js';
export {
  clientPlace,
  maxSubscriptions,
  renewClientSecret,
  subscribe,
  subscriptionPlace,
  type Subscriber,
} from './subscriptions.js';
export {
  deleteCallbacksOf,
  deleteSubscription,
  hasClientSecret,
  listSubscriptions,
  type Subscription,
} from './subscription.sql.js';
export { stageCallback, type NewCallback } from './stage-callback.sql.js';
export { sweepWaiting, type DueSweep } from './due.sql.js';
export { claimDeliveries, type ClaimedDelivery, type ClaimWish } from './claim.sql.js';
export { decideDelivery, type AttemptResult, type DeliveryStep, type RetryPolicy } from './decide-delivery.js';
export { recordAttempts, type Attempted } from './record.sql.js';
export {
  deleteOldDeliveries,
  deliveryStates,
  listDeliveries,
  retryDelivery,
  type Delivery,
  type DeliveryFilter,
  type DeliveryState,
} from './deliveries.sql.js';
