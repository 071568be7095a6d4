import { plainArray, type Tx } from '#libs/postgres';
import type { PlatformAnswer } from './monitor.js';

export interface PlatformAnswerRow extends PlatformAnswer {
  operationId: string;
  platform: string;
  iccid: string;
}

/** What platforms answered last for operations, by the operation's id; those that no platform was asked for are absent. */
export async function readPlatformAnswers(tx: Tx, operationIds: string[]): Promise<Map<string, PlatformAnswerRow>> {
  if (operationIds.length === 0) return new Map();
  const rows = await tx.query<PlatformAnswerRow>(
    `select operation_id as "operationId", platform, iccid, status_code as "statusCode", message, body, headers::json
     from platforms.request where operation_id = any($1::uuid[])`,
    [plainArray(operationIds)],
  );
  return new Map(rows.map((row) => [row.operationId, row]));
}
