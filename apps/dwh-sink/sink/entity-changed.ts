import { parseTime } from '../time.js';

/** A wrong property of a change: its path and what is wrong with it. */
export interface Problem {
  field: string;
  problem: string;
}

type Check = (value: unknown) => boolean;

const longestText = 255;
const largestVersion = 2 ** 31 - 2;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const typeName = /^[A-Za-z][A-Za-z0-9]{0,63}$/;

/** Postgres stores no NUL. */
export const isStorable = (text: string): boolean => !text.includes('\0');

/** Half a surrogate pair would come back as another character. */
const isText: Check = (value) =>
  typeof value === 'string' && value !== '' && value.length <= longestText && isStorable(value) && value.isWellFormed();
const isOptionalText: Check = (value) => value === undefined || value === null || isText(value);
const isUuid: Check = (value) => typeof value === 'string' && uuid.test(value);
const isCount: Check = (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= largestVersion;
const isObject: Check = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
const isState: Check = (value) => value === null || isObject(value);
/** Open: a newer producer may have entity types that this sink does not know. */
const isTypeName: Check = (value) => typeof value === 'string' && typeName.test(value);
const isOperation: Check = (value) => value === 'CREATED' || value === 'UPDATED' || value === 'DELETED';
const isTime: Check = (value) => typeof value === 'string' && value.endsWith('Z') && parseTime(value) !== undefined;

type Rule = [field: string, check: Check, problem: string];

const text = `must be a text of 1 to ${longestText} characters, none of them U+0000`;

const headerRules: Rule[] = [
  ['id', isUuid, 'must be a uuid in lower case'],
  ['type', isText, text],
  ['operationId', isUuid, 'must be a uuid in lower case'],
  ['commandId', isText, text],
  ['requestId', isOptionalText, text],
  ['transactionId', isOptionalText, text],
  ['correlationId', isText, text],
  ['tenant', isText, text],
  ['accountId', isText, text],
  ['actor', isText, text],
  ['occurredAt', isTime, 'must be an RFC 3339 time in UTC since 1970'],
  ['entityCount', isCount, 'must be a whole number from 1'],
];

const changeRules: Rule[] = [
  ['sequence', isCount, 'must be a whole number from 1'],
  ['entityType', isTypeName, 'must be a name of up to 64 letters and digits'],
  ['entityId', isText, text],
  ['version', isCount, 'must be a whole number from 1'],
  ['operation', isOperation, 'must be CREATED, UPDATED or DELETED'],
  ['before', isState, 'must be an object or null'],
  ['after', isState, 'must be an object or null'],
];

/**
 * The first problem of a message's data as an EntityChanged, if there is one. Written out by hand: class-validator takes
 * many times as long per message, and this is done for each.
 */
export function findProblem(data: unknown): Problem | undefined {
  if (!isRecord(data)) return { field: '', problem: 'must be a JSON object' };
  const { businessTransaction: header } = data;
  if (!isRecord(header)) return { field: 'businessTransaction', problem: 'must be an object' };
  return firstBroken(headerRules, header, 'businessTransaction.') ?? firstBroken(changeRules, data, '');
}

function firstBroken(rules: Rule[], record: Record<string, unknown>, prefix: string): Problem | undefined {
  for (const [field, check, problem] of rules) {
    if (!check(record[field])) return { field: prefix + field, problem };
  }
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return isObject(value);
}
