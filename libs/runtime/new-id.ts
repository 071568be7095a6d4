import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const bytesPerId = 16;
const pool = new Uint8Array(bytesPerId * 1024);
let used = pool.length;
let sequence = 0;

/**
 * A UUIDv7; ids of one millisecond ascend. Random bytes are fetched for a thousand ids at once: fetched one by one they
 * cost more than all the rest.
 */
export function newId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.subarray(used, used + bytesPerId);
  used += bytesPerId;
  sequence = (sequence + 1) & 0x7fffffff;
  return v7({ random, msecs: Date.now(), seq: sequence });
}
