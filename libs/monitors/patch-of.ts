import type { SimStatus, SubscriberState } from '#libs/contracts';
import { simStatusOf } from '#libs/inventory';

/** An operation of a JSON Patch (RFC 6902). */
export interface PatchOperation {
  op: 'replace';
  path: string;
  value: unknown;
}

/**
 * What a change of a status by another facade would have been as a patch of the product, from the data of its command; nothing
 * where these were not kept, as of commands from Kafka and of items of bulk jobs.
 */
export function patchOf(data: unknown): PatchOperation[] {
  // Stored as its facade had validated it.
  const { status, state } = (data ?? {}) as { status?: SimStatus; state?: SubscriberState };
  const value = status ?? (state && simStatusOf[state]);
  return value === undefined ? [] : [{ op: 'replace', path: '/status', value }];
}
