import { uuids, type Tx } from '#libs/postgres';
import type { StoredState } from './step.js';

/** Where a request stands, and what its platform answered last, for those who show it. */
export interface PlatformAnswerRow {
  operationId: string;
  platform: string;
  iccid: string;
  state: StoredState;
  statusCode: number | null;
  message: string | null;
  /** cut at 8 KiB */
  body: string | null;
  headers: Record<string, string> | null;
}

/** By operation; one that has asked no platform is left out. */
export async function readPlatformAnswers(tx: Tx, operationIds: string[]): Promise<Map<string, PlatformAnswerRow>> {
  if (operationIds.length === 0) return new Map();
  const rows = await tx.query<PlatformAnswerRow>(
    `select operation_id as "operationId", platform, iccid, state, status_code as "statusCode", message, body, headers::json
     from platforms.request where operation_id = any($1::uuid[])`,
    [uuids(operationIds)],
  );
  return new Map(rows.map((row) => [row.operationId, row]));
}
