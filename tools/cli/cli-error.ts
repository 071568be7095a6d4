import { asSimyardError, SimyardError } from '#libs/errors';
import { exitCodes } from './exit-codes.js';

export type ExitReason = Exclude<keyof typeof exitCodes, 'ok'>;

/** Ends the program. Its code may be one of a gateway of another release, so it is not of the closed list. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    readonly reason: ExitReason,
    /** one line for standard error */
    message: string,
    options: { cause?: unknown } = {},
  ) {
    super(message, options);
  }
}

/** An error as its answer from the gateway, or as an error of ours, describes it. */
export interface DescribedError {
  code: string;
  message: string;
  details?: Record<string, unknown>;
}

/** `CODE: message (what it names)`: the fields that are wrong, the rows that were rejected, the operation that holds a lock. */
export function errorLine({ code, message, details = {} }: DescribedError): string {
  const named = [
    ...some(listIn(details['problems']).map(({ field, problem }) => problemText(field, problem))),
    ...some(listIn(details['rejections']).map(({ line, reason }) => `line ${text(line)}: ${text(reason)}`)),
    ...Object.entries(details).flatMap(([name, value]) => (text(value) === '' ? [] : [`${name} ${text(value)}`])),
  ];
  return `${code}: ${message}${named.length > 0 ? ` (${named.join('; ')})` : ''}`;
}

/** As many as a person reads in one line. */
const mostNamed = 3;

const some = (texts: string[]): string[] =>
  texts.length > mostNamed ? [...texts.slice(0, mostNamed), `and ${texts.length - mostNamed} more`] : texts;

const listIn = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? (value as Record<string, unknown>[]) : [];

/** A problem most often names its field itself. */
const problemText = (field: unknown, problem: unknown): string =>
  text(problem).includes(text(field)) ? text(problem) : `${text(field)}: ${text(problem)}`;

const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

/** Any error as one that says how the program ends. */
export function asCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  const known = asSimyardError(error);
  const cause = known.cause instanceof Error ? ` (${known.cause.message})` : '';
  return new CliError(reasonOf(known), errorLine(known) + cause, { cause: error });
}

function reasonOf({ code, disposition }: SimyardError): ExitReason {
  if (code === 'CONFIGURATION_INVALID') return 'usage';
  if (disposition === 'wait') return 'unreachable';
  return disposition === 'reject' ? 'refused' : 'fault';
}
