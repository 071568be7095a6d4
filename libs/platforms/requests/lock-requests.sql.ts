import type { PlatformChange } from '#libs/contracts';
import { texts, uuids, type Tx } from '#libs/postgres';
import { laneOfNumber, type LockedRequest } from './request.js';

type SelectedRow = Omit<LockedRequest, 'lane' | 'change'> & { lane: number; change: string };

const columns = `operation_id as "operationId", tenant_id as "tenantId", actor, correlation_id as "correlationId",
  request_id as "requestId", transaction_id as "transactionId", lane, platform, iccid, subscriber_id as "subscriberId", change,
  state, settled, uncertain, due_at as "dueAt", attempts, give_up_at as "giveUpAt",
  platform_request_id as "platformRequestId", status_code as "statusCode"`;

/** The requests of these operations, locked in the order in which everybody locks them. */
export async function lockRequests(tx: Tx, operationIds: string[]): Promise<LockedRequest[]> {
  const rows = await tx.query<SelectedRow>(
    `select ${columns} from platforms.request where operation_id = any($1::uuid[]) order by operation_id for update`,
    [uuids(operationIds)],
  );
  return rows.map((row) => ({
    ...row,
    lane: laneOfNumber(row.lane),
    change: JSON.parse(row.change) as PlatformChange,
  }));
}

/** Which operation a request is of that its platform knows by this id. */
export type FindByPlatformId = (platform: string, platformRequestId: string) => string | undefined;

/** Looks up requests by their platforms' ids of them; an id that is nobody's is not found. */
export async function findByPlatformIds(
  tx: Tx,
  ids: { platform: string; platformRequestId: string }[],
): Promise<FindByPlatformId> {
  if (ids.length === 0) return () => undefined;
  const rows = await tx.query<{ operationId: string; platform: string; platformRequestId: string }>(
    `select operation_id as "operationId", platform, platform_request_id as "platformRequestId"
     from unnest($1::text[], $2::text[]) as given (platform, platform_request_id)
     join platforms.request using (platform, platform_request_id)`,
    [texts(ids.map(({ platform }) => platform)), texts(ids.map((id) => id.platformRequestId))],
  );
  const found = new Map(rows.map((row) => [keyOf(row.platform, row.platformRequestId), row.operationId]));
  return (platform, platformRequestId) => found.get(keyOf(platform, platformRequestId));
}

const keyOf = (platform: string, platformRequestId: string): string => `${platform} ${platformRequestId}`;
