import { maxCustomProperties, maxPropertyName, maxPropertyValue, simStatuses } from '#libs/contracts';
import {
  changeKinds,
  requestStates,
  type AcceptedRequest,
  type CustomProperty,
  type PendingChange,
  type PlatformError,
  type Sim,
} from './contract.js';

/**
 * Readers of what platforms say (docs/platform-contract.md). Each gives undefined for what does not fit; properties that the
 * contract does not have are left alone, as a newer platform may send them.
 */

type Json = Record<string, unknown>;

/** The SIM of this ICCID. */
export function readSimBody(body: string, iccid: string): Sim | undefined {
  const value = parse(body);
  return isSim(value) && value.iccid === iccid ? value : undefined;
}

/** A request for a change; one that is DONE has its SIM, one that FAILED its error. */
export function readRequestBody(body: string): AcceptedRequest | undefined {
  const value = parse(body);
  return isRequest(value) ? value : undefined;
}

export function readErrorBody(body: string): PlatformError | undefined {
  const value = parse(body);
  return isError(value) ? value : undefined;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Longest id of a request, and reference of ours. */
const longestId = 255;

/** Postgres refuses it in a text. */
const unstorable = '\u0000';

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown, longest = Infinity): value is string =>
  typeof value === 'string' && value.length <= longest && value.isWellFormed() && !value.includes(unstorable);

const isId = (value: unknown): value is string => isText(value, longestId) && value !== '';

const isTextOrNull = (value: unknown): value is string | null => value === null || isText(value, longestId);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

const isOneOf = (words: readonly string[], value: unknown): boolean => isText(value) && words.includes(value);

const isSim = (value: unknown): value is Sim =>
  isObject(value) &&
  isText(value['iccid']) &&
  isOneOf(simStatuses, value['status']) &&
  isTextOrNull(value['account']) &&
  Array.isArray(value['customProperties']) &&
  value['customProperties'].length <= maxCustomProperties &&
  value['customProperties'].every(isProperty) &&
  isCount(value['version']) &&
  isTextOrNull(value['changedAt']) &&
  Array.isArray(value['pending']) &&
  value['pending'].every(isPending);

const isProperty = (value: unknown): value is CustomProperty =>
  isObject(value) &&
  isText(value['name'], maxPropertyName) &&
  value['name'] !== '' &&
  isText(value['value'], maxPropertyValue);

const isPending = (value: unknown): value is PendingChange =>
  isObject(value) &&
  isId(value['requestId']) &&
  isTextOrNull(value['reference']) &&
  isOneOf(changeKinds, value['change']);

const isRequest = (value: unknown): value is AcceptedRequest =>
  isObject(value) &&
  isId(value['requestId']) &&
  isTextOrNull(value['reference']) &&
  isText(value['iccid']) &&
  isOneOf(changeKinds, value['change']) &&
  isOneOf(requestStates, value['state']) &&
  isCount(value['sequence']) &&
  (value['state'] === 'DONE' ? isSim(value['sim']) && value['sim'].iccid === value['iccid'] : value['sim'] === null) &&
  (value['state'] === 'FAILED' ? isError(value['error']) : value['error'] === null);

const isError = (value: unknown): value is PlatformError =>
  isObject(value) && isText(value['code'], longestId) && isText(value['message']);
