import { integers, rowsToJoin, texts, uuids, type Tx } from '#libs/postgres';
import { inTree, type AccountScope } from './references.js';
import { resourceKey, type ResourceKey, type ResourceTypes } from './resource-type.js';
import { iccidIdentifier, type Reference } from './wanted.js';

/** A subscriber as admission needs it. */
export interface FoundSubscriber {
  subscriberId: string;
  tenantId: string;
  accountId: string;
  accountPath: string[];
}

/** A reference, and whose account tree it is looked up in. */
export interface AskedSubscriber {
  scope: AccountScope;
  reference: Reference;
}

/** The subscribers that references name, at the references' indexes; see findSubscribersFor. */
export const findSubscribers = (
  tx: Tx,
  types: ResourceTypes,
  scope: AccountScope,
  references: Reference[],
): Promise<(FoundSubscriber | undefined)[]> =>
  findSubscribersFor(
    tx,
    types,
    references.map((reference) => ({ scope, reference })),
  );

/**
 * The subscribers that references of several callers name, at the references' indexes: undefined where there is none in
 * the caller's tree. Takes no lock.
 */
export const findSubscribersFor = (
  tx: Tx,
  types: ResourceTypes,
  asked: AskedSubscriber[],
): Promise<(FoundSubscriber | undefined)[]> => selectNamed(tx, types, asked, { with: '', join: '' });

/**
 * The same, and holds their rows until the end of the transaction as shareSubscribers does, in one round trip. The rows
 * are locked by themselves: a row lock within the join drops names of a subscriber that had to be waited for.
 */
export const findAndShareSubscribers = (
  tx: Tx,
  types: ResourceTypes,
  asked: AskedSubscriber[],
): Promise<(FoundSubscriber | undefined)[]> =>
  selectNamed(tx, types, asked, {
    with: `, shared as materialized (
       select subscriber_id from inventory.subscriber
       where subscriber_id = any(array(select subscriber_id from named))
       order by subscriber_id for share
     )`,
    join: 'join shared using (subscriber_id)',
  });

async function selectNamed(
  tx: Tx,
  types: ResourceTypes,
  asked: AskedSubscriber[],
  sharing: { with: string; join: string },
): Promise<(FoundSubscriber | undefined)[]> {
  const { refIds, externalIds, iccids, keys } = keysOf(types, asked);
  const rows = await tx.query<FoundSubscriber & { position: number }>(
    `with named as (
       select position, subscriber_id
       from ${rowsToJoin(['integer', 'uuid'])} as ref(position, subscriber_id)
       union all
       select position, subscriber_id
       from ${rowsToJoin(['integer', 'text', 'text'], 3)}
              as name(position, tenant_id, external_id)
       join inventory.subscriber using (tenant_id, external_id)
       union all
       select position, subscriber_id
       from ${rowsToJoin(['integer', 'text'], 6)} as card(position, iccid)
       join inventory.sim using (iccid)
       union all
       select position, subscriber_id
       from ${rowsToJoin(['integer', 'text', 'text', 'text'], 8)}
              as key(position, type, scope, value)
       join inventory.resource r on r.type = key.type and r.scope = key.scope and r.value = key.value
     )${sharing.with}
     select position, subscriber_id as "subscriberId", s.tenant_id as "tenantId", account_id as "accountId",
            path as "accountPath"
     from named join inventory.subscriber s using (subscriber_id) join inventory.account using (account_id)
     ${sharing.join}`,
    [
      integers(refIds.map(([position]) => position)),
      uuids(refIds.map(([, id]) => id)),
      integers(externalIds.map(([position]) => position)),
      texts(externalIds.map(([, name]) => name.tenantId)),
      texts(externalIds.map(([, name]) => name.externalId)),
      integers(iccids.map(([position]) => position)),
      texts(iccids.map(([, iccid]) => iccid)),
      integers(keys.map(([position]) => position)),
      texts(keys.map(([, key]) => key.type)),
      texts(keys.map(([, key]) => key.scope)),
      texts(keys.map(([, key]) => key.value)),
    ],
  );
  const found = new Map(rows.map(({ position, ...subscriber }) => [position, subscriber]));
  return asked.map(({ scope }, position) => {
    const subscriber = found.get(position);
    return subscriber && inTree(scope, subscriber.tenantId, subscriber.accountPath) ? subscriber : undefined;
  });
}

type At<Name> = [position: number, name: Name];

/** The names by kind, each with the position of its reference; a value without its type's format is nobody's. */
function keysOf(types: ResourceTypes, asked: AskedSubscriber[]) {
  const refIds: At<string>[] = [];
  const externalIds: At<{ tenantId: string; externalId: string }>[] = [];
  const iccids: At<string>[] = [];
  const keys: At<ResourceKey>[] = [];
  for (const [position, { scope, reference }] of asked.entries()) {
    const { refId, externalId, identifier } = reference;
    if (refId) refIds.push([position, refId]);
    else if (externalId) externalIds.push([position, { tenantId: scope.tenantId, externalId }]);
    else if (identifier?.type === iccidIdentifier) iccids.push([position, identifier.value]);
    else if (identifier) {
      const key = resourceKey(types, scope.tenantId, identifier.type, identifier.value);
      if (key) keys.push([position, key]);
    }
  }
  return { refIds, externalIds, iccids, keys };
}

/** Holds subscribers' rows until the end of the transaction, so that no handler acts on them meanwhile; in id order. */
export const shareSubscribers = (tx: Tx, subscriberIds: string[]): Promise<unknown> =>
  tx.query(
    `select from inventory.subscriber where subscriber_id = any((select $1::uuid[])::uuid[])
     order by subscriber_id for share`,
    [uuids(subscriberIds)],
  );
