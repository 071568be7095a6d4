import type { Tx } from '#libs/postgres';
import type { CallbackFacade, EventType } from './event.js';

export interface NewCallback {
  operationId: string;
  tenantId: string;
  accountId: string;
  clientId: string;
  /** where the client has called the facade, for the links in the event: up to the tenant, without a slash at the end */
  facadeUrl: string;
  /** from the request itself, checked */
  url?: URL | undefined;
  /** whose subscriptions they are; CMO's when left out */
  facade?: CallbackFacade;
  /** what is to be told, as far as a subscription asks for it; the end of the operation alone when left out */
  eventTypes?: readonly EventType[];
}

/**
 * Stores that the client is to be told of the operation's end: at each URL it has subscribed, and at that of the request.
 * In the transaction that admits the operation. Returns how many are to be told.
 */
export function stageCallback(
  tx: Tx,
  { facade = 'cmo', eventTypes = ['MonitorStateChangeEvent'], ...callback }: NewCallback,
): Promise<number> {
  const { operationId, tenantId, accountId, clientId, facadeUrl, url } = callback;
  return tx.execute(
    `insert into callbacks.delivery
       (delivery_id, tenant_id, account_id, client_id, operation_id, subscription_id, url, host, state, created_at,
        facade_url, facade, event_type)
     select uuidv7(), $2, $3, $4, $1::uuid, subscription_id, url, ${hostOf('url')}, 'WAITING', clock_timestamp(), $6,
       $7, event_type
     from (
       select subscription_id, callback as url, event_type
       from callbacks.subscription cross join unnest($8::text[]) as event_type
       where client_id = $4 and facade = $7
         and (query is null or event_type = any(string_to_array(substring(query from '^eventType=(.+)$'), ',')))
       union all
       select null, $5::text, 'MonitorStateChangeEvent' where $5::text is not null
     ) as target`,
    [operationId, tenantId, accountId, clientId, url?.href ?? null, facadeUrl, facade, [...eventTypes]],
  );
}

/** Host and port of a URL that has been normalized and has no credentials. */
const hostOf = (url: string): string => `substring(${url} from '^[a-z]+://([^/?#]+)')`;
