import type { Tx } from '#libs/postgres';

export interface NewCallback {
  operationId: string;
  tenantId: string;
  accountId: string;
  clientId: string;
  /** where the client has called the facade, for the links in the event: up to the tenant, without a slash at the end */
  facadeUrl: string;
  /** from the request itself, checked */
  url?: URL | undefined;
}

/**
 * Stores that the client is to be told of the operation's end: at each URL it has subscribed, and at that of the request.
 * In the transaction that admits the operation. Returns how many are to be told.
 */
export function stageCallback(
  tx: Tx,
  { operationId, tenantId, accountId, clientId, facadeUrl, url }: NewCallback,
): Promise<number> {
  return tx.execute(
    `insert into callbacks.delivery
       (delivery_id, tenant_id, account_id, client_id, operation_id, subscription_id, url, host, state, created_at,
        facade_url)
     select uuidv7(), $2, $3, $4, $1::uuid, subscription_id, url, ${hostOf('url')}, 'WAITING', clock_timestamp(), $6
     from (
       select subscription_id, callback as url from callbacks.subscription where client_id = $4
       union all
       select null, $5::text where $5::text is not null
     ) as target`,
    [operationId, tenantId, accountId, clientId, url?.href ?? null, facadeUrl],
  );
}

/** Host and port of a URL that has been normalized and has no credentials. */
const hostOf = (url: string): string => `substring(${url} from '^[a-z]+://([^/?#]+)')`;
