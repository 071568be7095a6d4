import type { Change, EntityState } from '#libs/contracts';
import type { Resource, Sim, Subscriber } from './rows.js';

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
    operation: after === null ? 'DELETED' : before === null ? 'CREATED' : 'UPDATED',
    before: before && resourceState(holder, before),
    after: after && resourceState(holder, after),
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
  validFrom: resource.validFrom.toISOString(),
});

const simState = (sim: Sim): EntityState => ({
  iccid: sim.iccid,
  imsi: sim.imsi,
  subscriberId: sim.subscriberId,
  platform: sim.platform,
  status: sim.status,
});
