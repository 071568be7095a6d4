import type { PlatformChange } from '#libs/contracts';
import { joinedTexts, plainArray, textArray, type Tx } from '#libs/postgres';
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
    [plainArray(operationIds)],
  );
  return rows.map((row) => ({
    ...row,
    lane: laneOfNumber(row.lane),
    change: JSON.parse(row.change) as PlatformChange,
  }));
}

/** Operations of the requests that a platform knows by these ids; an id that is nobody's is left out. */
export async function findByPlatformIds(tx: Tx, platform: string, ids: string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.query<{ operationId: string; platformRequestId: string }>(
    `select operation_id as "operationId", platform_request_id as "platformRequestId"
     from platforms.request where platform = $1 and platform_request_id = any(${textArray('$2')})`,
    [platform, joinedTexts(ids)],
  );
  return new Map(rows.map((row) => [row.platformRequestId, row.operationId]));
}
