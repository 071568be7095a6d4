import { joinedTexts, plainArray, textArray, type Tx } from '#libs/postgres';
import type { Subscriber } from './rows.js';

/** Inserts new subscribers, created when they were changed first, in the one order of their keys. */
export const insertSubscribers = (tx: Tx, subscribers: Subscriber[]): Promise<void> =>
  tx.write(
    `insert into inventory.subscriber
       (subscriber_id, tenant_id, account_id, external_id, state, platform, version, created_at, changed_at)
     select *, changed_at
     from unnest($1::uuid[], ${textArray('$2')}, ${textArray('$3')}, ${textArray('$4')}, $5::text[], ${textArray('$6')},
                 $7::int[], $8::timestamptz[])
       as fresh(subscriber_id, tenant_id, account_id, external_id, state, platform, version, changed_at)
     order by tenant_id, external_id`,
    [
      plainArray(subscribers.map((row) => row.subscriberId)),
      joinedTexts(subscribers.map((row) => row.tenantId)),
      joinedTexts(subscribers.map((row) => row.accountId)),
      joinedTexts(subscribers.map((row) => row.externalId)),
      plainArray(subscribers.map((row) => row.state)),
      joinedTexts(subscribers.map((row) => row.platform)),
      plainArray(subscribers.map((row) => row.version)),
      plainArray(subscribers.map((row) => row.changedAt)),
    ],
  );

/** Writes the final state of locked subscribers, each once. */
export const updateSubscribers = (tx: Tx, subscribers: Subscriber[]): Promise<void> =>
  tx.write(
    `update inventory.subscriber s
     set account_id = changed.account_id, state = changed.state, version = changed.version, changed_at = changed.changed_at
     from unnest((select $1::uuid[]), (select ${textArray('$2')}), (select $3::text[]), (select $4::int[]),
                 (select $5::timestamptz[]))
       as changed(subscriber_id, account_id, state, version, changed_at)
     where s.subscriber_id = changed.subscriber_id`,
    [
      plainArray(subscribers.map((row) => row.subscriberId)),
      joinedTexts(subscribers.map((row) => row.accountId)),
      plainArray(subscribers.map((row) => row.state)),
      plainArray(subscribers.map((row) => row.version)),
      plainArray(subscribers.map((row) => row.changedAt)),
    ],
  );
