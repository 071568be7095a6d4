import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import {
  answerModes,
  changeKinds,
  type CredentialKind,
  type PlatformConfig,
  type PlatformSettings,
  type RateLimit,
  type ResultMode,
} from '#libs/platforms';
import { CliError } from './cli-error.js';

/** What `platform set` is given, as its parsers below read it. */
export interface SetOptions {
  baseUrl?: string;
  credential?: string;
  credentialFile?: string;
  callbackSecret?: string;
  callbackSecretFile?: string;
  credentials?: CredentialKind;
  changes?: PlatformConfig['changes'];
  results?: ResultMode;
  idempotent?: 'yes' | 'no';
  rate?: RateLimit | null;
  timeoutMs?: number;
  pollMs?: number;
  callbackGraceMs?: number;
  giveUpMs?: number;
  attempts?: number;
  concurrency?: number;
  queueLimit?: number;
}

/** The settings that are given, and no other. */
export function settingsOf(options: SetOptions): PlatformSettings {
  const { credential, credentialFile, callbackSecret, callbackSecretFile, idempotent, rate, timeoutMs, ...same } =
    options;
  return {
    ...same,
    ...given('credential', credential ?? credentialFile),
    ...given('callbackSecret', callbackSecret ?? callbackSecretFile),
    ...given('idempotent', idempotent && idempotent === 'yes'),
    ...given('rateLimit', rate),
    ...given('requestTimeoutMs', timeoutMs),
  };
}

const given = <Name extends keyof PlatformSettings>(name: Name, value: PlatformSettings[Name]): PlatformSettings =>
  value === undefined ? {} : { [name]: value };

/** `status=async,account=sync`, or `none`. */
export function changesOption(text: string): PlatformConfig['changes'] {
  if (text === 'none') return {};
  return Object.fromEntries(text.split(',').map(changeOption));
}

function changeOption(text: string) {
  const [left, right] = text.split('=');
  const [kind, mode] = [changeKinds.find((name) => name === left), answerModes.find((name) => name === right)];
  if (kind && mode) return [kind, mode] as const;
  throw new InvalidArgumentError(`It must be none, or by comma ${changeKinds.join('|')}=${answerModes.join('|')}.`);
}

const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000 };

/** `10/1s`, `5/500ms`, `600/1m`, or `none`. */
export function rateOption(text: string): RateLimit | null {
  if (text === 'none') return null;
  const [, requests, span, unit = ''] = /^(\d{1,9})\/(\d{1,9})(ms|s|m)$/.exec(text) ?? [];
  const factor = unitMs[unit];
  if (factor === undefined) throw new InvalidArgumentError('It must be none, or like 10/1s or 5/500ms.');
  return { requests: Number(requests), perMs: Number(span) * factor };
}

export function numberOption(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** What the file has, without the line's end. */
export function secretFileOption(path: string): string {
  try {
    return readFileSync(path, 'utf8').trimEnd();
  } catch (cause) {
    throw new CliError('usage', `FILE_UNREADABLE: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}
