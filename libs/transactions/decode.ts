import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import {
  commandOfType,
  commands,
  contentTypeStructured,
  envelopeAttributes,
  envelopeHeaders,
  maxCommandBytes,
  maxTextLength,
  validateData,
  type CommandName,
  type Envelope,
  type RequestIds,
} from '#libs/contracts';
import { asSimyardError, SimyardError } from '#libs/errors';
import { headerText, type KafkaRecord } from '#libs/kafka';

/** A record whose envelope could be read; `body` is its command, or why there is none. */
export interface Incoming {
  record: KafkaRecord;
  envelope: Envelope;
  /** first 128 bits, as hex, of the value's SHA-256 */
  fingerprint: string;
  body: { name: CommandName; data: RequestIds } | { error: SimyardError; attempts: number };
  /** properties of the data that this release does not know and has left out */
  unknownProperties: number;
}

/** A record of which not even the envelope could be read: known by its position alone. */
export interface Unreadable {
  record: KafkaRecord;
  error: SimyardError;
  attempts: number;
}

export type Decoded = Incoming | Unreadable;

export const isReadable = (decoded: Decoded): decoded is Incoming => 'envelope' in decoded;

/** Reads a command in CloudEvents' binary or structured mode. Never throws: what cannot be read says so. */
export function decode(record: KafkaRecord): Decoded {
  try {
    const { envelope, readData } = readMessage(record);
    return { record, envelope, fingerprint: fingerprintOf(record.value), ...readBody(envelope, readData) };
  } catch (thrown) {
    return { record, error: asSimyardError(thrown), attempts: 1 };
  }
}

/** A message whose envelope could be read; `readData` throws what is wrong with the rest. */
export interface Message {
  envelope: Envelope;
  readData: () => unknown;
}

/** Reads a message in CloudEvents' binary or structured mode. Throws a SimyardError with disposition dead-letter. */
export function readMessage(record: KafkaRecord): Message {
  const contentType = headerText(record.headers, 'content-type') ?? '';
  if (contentType.startsWith(contentTypeStructured)) return structured(record);
  const attributes: Attributes = {};
  for (const [attribute, header] of envelopeAttributes) {
    if (record.headers[header] === undefined) continue;
    const text = headerText(record.headers, header);
    if (text === undefined) throw envelopeProblem(header, 'must be given once, as UTF-8');
    attributes[attribute] = text;
  }
  return { envelope: readEnvelope(attributes), readData: () => parseJson(record.value) };
}

function structured(record: KafkaRecord): Message {
  const event = parseJson(record.value);
  if (!isObject(event)) throw new SimyardError('MESSAGE_ENVELOPE_INVALID', { details: { field: '' } });
  const attributes: Attributes = {};
  for (const [attribute, header] of envelopeAttributes) {
    attributes[attribute] = event[header.replace(/^ce_/, '')];
  }
  // CloudEvents knows booleans, which headers write as text.
  if (typeof attributes.dryRun === 'boolean') attributes.dryRun = String(attributes.dryRun);
  return { envelope: readEnvelope(attributes), readData: () => event['data'] };
}

/** As they came: texts, but for what is wrong. */
type Attributes = Partial<Record<keyof Envelope, unknown>>;

const mandatory = ['id', 'type', 'source', 'tenant', 'actor'] as const;

/** Correlation defaults to the command itself: every command starts or continues a correlation. */
function readEnvelope(attributes: Attributes): Envelope {
  for (const [attribute, header] of envelopeAttributes) {
    const value = attributes[attribute];
    if (value !== undefined) checkAttribute(header, value);
  }
  for (const attribute of mandatory) {
    if (attributes[attribute] === undefined) throw envelopeProblem(envelopeHeaders[attribute], 'must be given');
  }
  if (!['true', 'false', undefined].includes(attributes.dryRun as string | undefined)) {
    throw envelopeProblem(envelopeHeaders.dryRun, 'must be true or false');
  }
  attributes.correlationId ??= attributes.id;
  return attributes as Envelope;
}

// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const controlCharacter = /[\u0000-\u001f\u007f]/;

function checkAttribute(header: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') throw envelopeProblem(header, 'must be a text that is not empty');
  if (value.length > maxTextLength) throw envelopeProblem(header, `must have at most ${maxTextLength} characters`);
  if (controlCharacter.test(value)) throw envelopeProblem(header, 'must not have control characters');
}

function readBody(envelope: Envelope, readData: () => unknown): Pick<Incoming, 'body' | 'unknownProperties'> {
  try {
    const name = commandOfType(envelope.type);
    if (name === undefined) throw new SimyardError('COMMAND_TYPE_UNKNOWN', { details: { type: envelope.type } });
    const plain = readData();
    const { data, problems } = validateData<RequestIds>(commands[name].dataClass, plain, {
      unknownProperties: 'ignore',
    });
    if (data === undefined) throw new SimyardError('MESSAGE_DATA_INVALID', { details: { problems } });
    const unknownProperties = countUnknown(plain, data);
    removeNulls(data);
    return { body: { name, data }, unknownProperties };
  } catch (thrown) {
    return { body: { error: asSimyardError(thrown), attempts: 1 }, unknownProperties: 0 };
  }
}

/** First-level properties that validation has removed. */
function countUnknown(plain: unknown, data: object): number {
  if (!isObject(plain)) return 0;
  let unknown = 0;
  for (const property of Object.keys(plain)) if (!Object.hasOwn(data, property)) unknown += 1;
  return unknown;
}

/** Where an attribute may be left out, null says the same; handlers see one of the two. */
function removeNulls(data: object): void {
  for (const name of Object.keys(data)) {
    const value = (data as Record<string, unknown>)[name];
    if (value === null) Reflect.deleteProperty(data, name);
    else if (typeof value === 'object') removeNulls(value);
  }
}

const deepest = 32;

function parseJson(value: Buffer | null): unknown {
  if (value === null || value.length === 0) throw new SimyardError('MESSAGE_EMPTY');
  if (value.length > maxCommandBytes) throw new SimyardError('MESSAGE_TOO_LARGE');
  if (!isUtf8(value)) throw new SimyardError('MESSAGE_NOT_UTF8');
  const text = value.toString('utf8');
  checkDepth(text);
  // PostgreSQL's text cannot hold U+0000, nor UTF-8 a lone surrogate.
  if (/\\u(0000|[dD][89a-fA-F])/.test(text) && !isStorable(text)) {
    throw new SimyardError('MESSAGE_DATA_INVALID', { details: { problem: 'has U+0000 or a lone surrogate' } });
  }
  return parse(text);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    // The parser's message quotes the text, which may name a person.
    throw new SimyardError('MESSAGE_NOT_JSON', { cause: new Error((cause as Error).name) });
  }
}

function isStorable(text: string): boolean {
  let storable = true;
  const check = (value: string): void => {
    if (value.includes('\u0000') || !value.isWellFormed()) storable = false;
  };
  JSON.parse(text, (key, value: unknown) => {
    check(key);
    if (typeof value === 'string') check(value);
    return value;
  });
  return storable;
}

/** Counts brackets outside strings, before anything recurses over the value. */
function checkDepth(text: string): void {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === 92) index += 1;
      else if (code === 34) inString = false;
    } else if (code === 34) inString = true;
    else if (code === 91 || code === 123) {
      depth += 1;
      if (depth > deepest) throw new SimyardError('MESSAGE_TOO_DEEP');
    } else if (code === 93 || code === 125) depth -= 1;
  }
}

function fingerprintOf(value: Buffer | null): string {
  return hash('sha256', value ?? '').slice(0, 32);
}

function envelopeProblem(header: string, problem: string): SimyardError {
  return new SimyardError('MESSAGE_ENVELOPE_INVALID', {
    message: `The CloudEvents attribute ${header} ${problem}.`,
    details: { field: header },
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
