import type { Tx } from '#libs/postgres';

/** Requests of a platform that wait for their end, and those that have ended and are not settled. */
export interface RequestCounts {
  platform: string;
  open: number;
  unsettled: number;
}

/** Of every configured platform. */
export const countRequests = (tx: Tx): Promise<RequestCounts[]> =>
  tx.query<RequestCounts>(
    `select name as platform, count(operation_id) filter (where state not in ('DONE', 'FAILED'))::int as open,
       count(operation_id) filter (where state in ('DONE', 'FAILED'))::int as unsettled
     from platforms.platform left join platforms.request on request.platform = platform.name and not request.settled
     group by name`,
  );
