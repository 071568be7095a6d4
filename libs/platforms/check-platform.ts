import { changeKinds } from './contract.js';
import { answerModes, credentialKinds, resultModes } from './platform.js';
import type { StoredPlatform } from './platform.sql.js';

export interface SettingProblem {
  field: string;
  problem: string;
}

type Checked = Omit<StoredPlatform, 'changedAt'>;

const nameFormat = /^[A-Z0-9_-]{1,32}$/;
/** A credential stands in a header. */
const secretFormat = /^[\x21-\x7e]{1,1000}$/;
/** Largest value of a column, and of a timer in ms. */
const mostNumber = 2_147_483_647;

const numbers = [
  'requestTimeoutMs',
  'pollMs',
  'callbackGraceMs',
  'giveUpMs',
  'attempts',
  'concurrency',
  'queueLimit',
] as const satisfies (keyof Checked)[];

/** What is wrong with a platform's settings as they would be stored. */
export function checkPlatform(platform: Checked): SettingProblem[] {
  return [
    ...problem(nameFormat.test(platform.name), 'name', 'must be 1 to 32 of A-Z, 0-9, _ and -'),
    ...checkChanges(platform.changes),
    ...problem(resultModes.includes(platform.results), 'results', `must be ${resultModes.join(' or ')}`),
    ...problem(
      credentialKinds.includes(platform.credentials),
      'credentials',
      `must be ${credentialKinds.join(' or ')}`,
    ),
    ...problem(platform.baseUrl === null || isBaseUrl(platform.baseUrl), 'baseUrl', urlRule),
    ...numbers.flatMap((name) => checkNumber(name, platform[name])),
    ...checkRateLimit(platform.rateLimit),
    ...checkConnected(platform),
  ];
}

export const checkSecret = (field: string, secret: string | null | undefined): SettingProblem[] =>
  problem(
    !(typeof secret === 'string') || secretFormat.test(secret),
    field,
    'must be 1 to 1000 visible ASCII characters',
  );

const problem = (holds: boolean, field: string, rule: string): SettingProblem[] =>
  holds ? [] : [{ field, problem: rule }];

const checkChanges = (changes: Checked['changes']): SettingProblem[] =>
  Object.entries(changes).flatMap(([kind, mode]) => [
    ...problem(
      (changeKinds as readonly string[]).includes(kind),
      `changes.${kind}`,
      `is none of ${changeKinds.join(', ')}`,
    ),
    ...problem(answerModes.includes(mode), `changes.${kind}`, `must be ${answerModes.join(' or ')}`),
  ]);

const checkNumber = (field: string, value: number): SettingProblem[] =>
  problem(
    Number.isInteger(value) && value > 0 && value <= mostNumber,
    field,
    `must be a whole number from 1 to ${mostNumber}`,
  );

const checkRateLimit = (limit: Checked['rateLimit']): SettingProblem[] =>
  limit ? [...checkNumber('rateLimit.requests', limit.requests), ...checkNumber('rateLimit.perMs', limit.perMs)] : [];

const urlRule = 'must be an http or https URL without credentials, query and fragment';

function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && [username, password, search, hash].every((part) => part === '');
}

/** Without these every call would be refused, or every callback. */
function checkConnected(platform: Checked): SettingProblem[] {
  if (platform.baseUrl === null) return [];
  const callsBack = platform.results === 'callback' && Object.values(platform.changes).includes('async');
  return [
    ...problem(platform.sealedCredential !== null, 'credential', 'is needed by a platform with a base URL'),
    ...problem(
      platform.sealedCallbackSecret !== null || !callsBack,
      'callbackSecret',
      'is needed by a platform with a base URL that calls back',
    ),
  ];
}
