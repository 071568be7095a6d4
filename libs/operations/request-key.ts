import { hash } from 'node:crypto';

/** A caller's idempotency key and the operation it would start. */
export interface RequestKey {
  tenantId: string;
  /** who repeats: `requestScope.ocs(username)` or `requestScope.facade(facade, clientId)` */
  scope: string;
  key: string;
  /** of the request, see `requestFingerprint` */
  fingerprint: string;
  operationId: string;
}

/** Within what a key is unique, beside the tenant. */
export const requestScope = {
  /** OCS's requestId: one scope per actor, over Kafka and REST together */
  ocs: (username: string): string => `ocs:${username}`,
  facade: (facade: string, clientId: string): string => `${facade}:${clientId}`,
};

/**
 * First 128 bits, as a uuid, of the SHA-256 of a command's name and data. The order of properties does not matter, nor
 * whether one is null or left out, so that one request has one fingerprint from REST and from Kafka.
 */
export function requestFingerprint(action: string, data: unknown): string {
  const hex = hash('sha256', `${action}\0${canonicalJson(data)}`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  let members = '';
  for (const name of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[name];
    if (member === undefined || member === null) continue;
    members += `${members === '' ? '' : ','}${JSON.stringify(name)}:${canonicalJson(member)}`;
  }
  return `{${members}}`;
}
