import {
  maxCustomProperties,
  maxPropertyName,
  maxPropertyValue,
  maxTextLength,
  simStatuses,
  type CustomProperty,
  type Plain,
  type SimStatus,
} from '#libs/contracts';
import type { Document } from '../../json-patch/patch-problem.js';

/** What may be changed of a product, as it is once a patch is applied. */
export interface Patched {
  status: SimStatus;
  customProperty: Plain<CustomProperty>[];
  accountId: string;
}

/** What a patched product is to have, or why it is no product. */
export function readPatched({ status, customProperty = [], relatedParty }: Document): Patched | string {
  const known = simStatuses.find((one) => one === status);
  if (known === undefined) return `status must be one of ${simStatuses.join(', ')}.`;
  const properties = readProperties(customProperty);
  if (typeof properties === 'string') return properties;
  const accountId = readAccount(relatedParty);
  if (accountId === undefined) return 'relatedParty must be one account, {"id":"…"}.';
  return { status: known, customProperty: properties, accountId };
}

function readProperties(list: unknown): Plain<CustomProperty>[] | string {
  if (!Array.isArray(list)) return 'customProperty must be a list.';
  if (list.length > maxCustomProperties) return `customProperty may have up to ${maxCustomProperties} elements.`;
  if (!list.every(isProperty)) {
    return `an element of customProperty must be {"name","value"}, texts of up to ${maxPropertyName} and ${maxPropertyValue} characters.`;
  }
  if (new Set(list.map(({ name }) => name)).size < list.length) return 'customProperty has a name twice.';
  return list;
}

function isProperty(element: unknown): element is Plain<CustomProperty> {
  if (typeof element !== 'object' || element === null || Object.keys(element).length !== 2) return false;
  const { name, value } = element as Record<string, unknown>;
  return isText(name, maxPropertyName) && name !== '' && isText(value, maxPropertyValue);
}

/** An account may be named by its id alone. */
function readAccount(parties: unknown): string | undefined {
  if (!Array.isArray(parties) || parties.length !== 1) return undefined;
  const [party] = parties as unknown[];
  if (typeof party !== 'object' || party === null) return undefined;
  const { id, role = 'account', ...others } = party as Record<string, unknown>;
  const isAccount = isText(id, maxTextLength) && id !== '' && role === 'account' && Object.keys(others).length === 0;
  return isAccount ? id : undefined;
}

const isText = (value: unknown, longest: number): value is string =>
  typeof value === 'string' && value.length <= longest;
