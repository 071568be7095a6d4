import { isoTime, type Change, type ChangeOperation, type EntityState } from '#libs/contracts';
import type { ExternalParam, Resource, Sim, Subscriber, SubscriberOffer } from './rows.js';

/** Entities as published, and the change from one state of an entity to the next; null is before its creation or after its end. */
type Transition<Row> = [before: null, after: Row] | [before: Row, after: Row] | [before: Row, after: null];

export function subscriberChange(...[before, after]: [Subscriber | null, Subscriber]): Change {
  return {
    entityType: 'Subscriber',
    entityId: after.subscriberId,
    aggregateId: after.subscriberId,
    tenantId: after.tenantId,
    accountId: after.accountId,
    version: after.version,
    operation: before ? 'UPDATED' : 'CREATED',
    before: before && subscriberState(before),
    after: subscriberState(after),
  };
}

/** An ended resource's last change takes the version after its last value's. */
export function resourceChange(holder: Subscriber, ...[before, after]: Transition<Resource>): Change {
  const { resourceId, version } = after ?? before;
  return {
    entityType: 'SubscriberResource',
    entityId: resourceId,
    aggregateId: holder.subscriberId,
    tenantId: holder.tenantId,
    accountId: holder.accountId,
    version: after ? version : version + 1,
    operation: operationOf(before, after),
    before: before && resourceState(holder, before),
    after: after && resourceState(holder, after),
  };
}

/** An offer's last change, when it is taken away, takes the version after its first. */
export function offerChange(holder: Subscriber, ...[before, after]: Transition<SubscriberOffer>): Change {
  const { subscriberOfferId, version } = after ?? before;
  return {
    entityType: 'SubscriberOffer',
    entityId: subscriberOfferId,
    aggregateId: holder.subscriberId,
    tenantId: holder.tenantId,
    accountId: holder.accountId,
    version: after ? version : version + 1,
    operation: operationOf(before, after),
    before: before && offerState(holder, before),
    after: after && offerState(holder, after),
  };
}

/** A deleted parameter's last change takes the version after its last value's. */
export function externalParamChange(...[before, after]: Transition<ExternalParam>): Change {
  const { instanceId, tenantId, accountId, version } = after ?? before;
  return {
    entityType: 'ExternalParam',
    entityId: instanceId,
    aggregateId: accountId,
    tenantId,
    accountId,
    version: after ? version : version + 1,
    operation: operationOf(before, after),
    before: before && externalParamState(before),
    after: after && externalParamState(after),
  };
}

export function simChange(before: Sim | null, after: Sim): Change {
  return {
    entityType: 'SIM',
    entityId: after.iccid,
    aggregateId: after.iccid,
    tenantId: after.tenantId,
    accountId: after.accountId,
    version: after.version,
    operation: before ? 'UPDATED' : 'CREATED',
    before: before && simState(before),
    after: simState(after),
  };
}

function operationOf(before: object | null, after: object | null): ChangeOperation {
  if (after === null) return 'DELETED';
  return before === null ? 'CREATED' : 'UPDATED';
}

const subscriberState = (subscriber: Subscriber): EntityState => ({
  id: subscriber.subscriberId,
  externalId: subscriber.externalId,
  accountId: subscriber.accountId,
  state: subscriber.state,
  platform: subscriber.platform,
});

const resourceState = (holder: Subscriber, resource: Resource): EntityState => ({
  id: resource.resourceId,
  subscriberId: holder.subscriberId,
  subscriberExternalId: holder.externalId,
  type: resource.type,
  value: resource.value,
  validFrom: isoTime(resource.validFrom),
});

const simState = (sim: Sim): EntityState => ({
  iccid: sim.iccid,
  imsi: sim.imsi,
  subscriberId: sim.subscriberId,
  platform: sim.platform,
  status: sim.status,
  firstActivatedAt: sim.firstActivatedAt?.toISOString() ?? null,
  customProperties: sim.customProperties,
});

const offerState = (holder: Subscriber, offer: SubscriberOffer): EntityState => ({
  id: offer.subscriberOfferId,
  subscriberId: holder.subscriberId,
  subscriberExternalId: holder.externalId,
  offerId: offer.offerId,
  attachedAt: offer.attachedAt.toISOString(),
});

const externalParamState = (param: ExternalParam): EntityState => ({
  id: param.instanceId,
  accountId: param.accountId,
  name: param.name,
  value: param.value,
});
