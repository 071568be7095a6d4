import { integers, rowsOf, rowsToJoin, texts, timestamps, uuids, type Tx } from '#libs/postgres';
import type { Subscriber } from './rows.js';

/** Inserts new subscribers, created when they were changed first, in the one order of their keys. */
export const insertSubscribers = (tx: Tx, subscribers: Subscriber[]): Promise<void> =>
  tx.write(
    `insert into inventory.subscriber
       (subscriber_id, tenant_id, account_id, external_id, state, platform, version, created_at, changed_at)
     select *, changed_at
     from ${rowsOf(['uuid', 'text', 'text', 'text', 'text', 'text', 'integer', 'timestamptz'])}
       as fresh(subscriber_id, tenant_id, account_id, external_id, state, platform, version, changed_at)
     order by tenant_id, external_id`,
    [
      uuids(subscribers.map((row) => row.subscriberId)),
      texts(subscribers.map((row) => row.tenantId)),
      texts(subscribers.map((row) => row.accountId)),
      texts(subscribers.map((row) => row.externalId)),
      texts(subscribers.map((row) => row.state)),
      texts(subscribers.map((row) => row.platform)),
      integers(subscribers.map((row) => row.version)),
      timestamps(subscribers.map((row) => row.changedAt)),
    ],
  );

/** Writes the final state of locked subscribers, each once. */
export const updateSubscribers = (tx: Tx, subscribers: Subscriber[]): Promise<void> =>
  tx.write(
    `update inventory.subscriber s
     set account_id = changed.account_id, state = changed.state, version = changed.version, changed_at = changed.changed_at
     from ${rowsToJoin(['uuid', 'text', 'text', 'integer', 'timestamptz'])}
       as changed(subscriber_id, account_id, state, version, changed_at)
     where s.subscriber_id = changed.subscriber_id`,
    [
      uuids(subscribers.map((row) => row.subscriberId)),
      texts(subscribers.map((row) => row.accountId)),
      texts(subscribers.map((row) => row.state)),
      integers(subscribers.map((row) => row.version)),
      timestamps(subscribers.map((row) => row.changedAt)),
    ],
  );
