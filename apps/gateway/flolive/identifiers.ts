import { SimyardError } from '#libs/errors';
import { iccidIdentifier, resourceKey, type Reference, type ResourceTypes } from '#libs/inventory';
import type { Identifiers } from './bodies.js';

/** By what a subscriber may be named: upper case in bodies, lower case in paths. */
export const identifierTypes = ['IMSI', 'ICCID', 'MSISDN', 'IMEI', 'IMEISV'] as const;
export type IdentifierType = (typeof identifierTypes)[number];
export const pathTypes = identifierTypes.map((type) => type.toLowerCase());

const iccidFormat = /^[0-9]{18,20}$/;

/** Whether a value has the format of its type; one that has not is nobody's. */
export function hasFormat(types: ResourceTypes, tenantId: string, { type, value }: Identifiers): boolean {
  if (type === iccidIdentifier) return iccidFormat.test(value);
  return resourceKey(types, tenantId, type, value) !== undefined;
}

/** The subscriber that a path names; throws REQUEST_INVALID. */
export function pathReference(types: ResourceTypes, tenantId: string, pathType: string, value: string): Reference {
  const type = identifierTypes.find((one) => one.toLowerCase() === pathType);
  if (type === undefined || !hasFormat(types, tenantId, { type, value })) throw new SimyardError('REQUEST_INVALID');
  return { identifier: { type, value } };
}
