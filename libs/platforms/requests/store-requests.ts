import type { Tx } from '#libs/postgres';
import { appendToOutbox } from '#libs/transactions';
import { responseMessage } from './messages.js';
import type { NewRequest } from './request.js';
import { insertRequests, refusedStatus } from './store-requests.sql.js';

export interface StoreResult {
  /** platforms that have something to do now */
  platforms: string[];
  stored: number;
  /** FAILED at once: their platform's queue is full, or it is not connected any more */
  refused: number;
  /** stored before */
  repeated: number;
}

/** Stores what platforms are asked to do. What is not taken has its end at once, so that back-pressure is an answer. */
export async function storeRequests(tx: Tx, given: NewRequest[]): Promise<StoreResult> {
  const requests = new Map(given.map((request) => [request.operationId, request]));
  if (requests.size === 0) return { platforms: [], stored: 0, refused: 0, repeated: 0 };
  const inserted = await insertRequests(tx, [...requests.values()]);
  const refusals = inserted.flatMap(({ operationId, refusal }) => {
    const request = requests.get(operationId);
    if (refusal === null || request === undefined) return [];
    const end = { state: 'FAILED', statusCode: refusedStatus, message: refusal, sim: null } as const;
    return [responseMessage(request, end, 'platform-connector')];
  });
  await appendToOutbox(tx, refusals);
  const taken = inserted.filter(({ refusal }) => refusal === null);
  return {
    platforms: [...new Set(taken.map(({ platform }) => platform))],
    stored: taken.length,
    refused: refusals.length,
    repeated: given.length - inserted.length,
  };
}
