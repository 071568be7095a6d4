import type { ResourceRefusal } from '#libs/inventory';
import { rejected, type Decision } from '#libs/transactions';

/** The refusal of a new resource, with the attribute's name in the commands of this service. */
export const refusedResource = ({ code, attribute }: ResourceRefusal): Decision =>
  rejected(code, attribute === 'type' ? 'resourceType' : 'resource');
