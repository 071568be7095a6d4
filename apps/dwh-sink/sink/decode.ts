import { isUtf8 } from 'node:buffer';
import { contentTypeStructured, entityChangedType, envelopeHeaders, type EntityChanged } from '#libs/contracts';
import { SimyardError } from '#libs/errors';
import { headerText, type KafkaRecord } from '#libs/kafka';
import { findProblem, isStorable } from './entity-changed.js';
import { statesAsJson, type ReceivedChange } from './received-change.js';

/** Deepest nesting of a message; Postgres and JSON.stringify would meet the end of their stacks far below. */
const deepestNesting = 64;

/**
 * Reads a record in CloudEvents' binary or structured mode. Unknown properties are left where they are. Throws a
 * SimyardError with disposition dead-letter that names the field, never its value.
 */
export function decodeChange(record: KafkaRecord): ReceivedChange {
  const json = parse(record);
  const { eventId, data } = isStructured(record) ? readStructured(json) : readBinary(record, json);
  const problem = findProblem(data);
  if (problem) throw new SimyardError('MESSAGE_DATA_INVALID', { details: { ...problem } });
  // findProblem has looked at every property of the type.
  const change = data as EntityChanged;
  const { topic, partition, offset } = record;
  return { change, json: statesAsJson(change), eventId, topic, partition, offset };
}

function parse({ value }: KafkaRecord): unknown {
  if (value === null || value.length === 0) throw new SimyardError('MESSAGE_EMPTY');
  if (!isUtf8(value)) throw new SimyardError('MESSAGE_NOT_UTF8');
  const json = parseJson(value.toString('utf8'));
  if (isDeeperThan(json, deepestNesting)) throw new SimyardError('MESSAGE_TOO_DEEP');
  return json;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text.
    throw new SimyardError('MESSAGE_NOT_JSON');
  }
}

function isDeeperThan(json: unknown, levels: number): boolean {
  if (json === null || typeof json !== 'object') return false;
  if (levels === 0) return true;
  for (const value of Object.values(json)) if (isDeeperThan(value, levels - 1)) return true;
  return false;
}

interface Event {
  eventId: string;
  data: unknown;
}

function isStructured({ headers }: KafkaRecord): boolean {
  return headerText(headers, 'content-type')?.startsWith(contentTypeStructured) ?? false;
}

function readBinary({ headers }: KafkaRecord, data: unknown): Event {
  const attribute = (name: string): unknown => headerText(headers, name);
  return {
    eventId: checkEnvelope({
      specversion: attribute('ce_specversion'),
      id: attribute(envelopeHeaders.id),
      source: attribute(envelopeHeaders.source),
      type: attribute(envelopeHeaders.type),
    }),
    data,
  };
}

function readStructured(json: unknown): Event {
  const event = json !== null && typeof json === 'object' ? (json as Record<string, unknown>) : {};
  return { eventId: checkEnvelope(event), data: event['data'] };
}

/** Returns the event's id. */
function checkEnvelope({ specversion, id, source, type }: Record<string, unknown>): string {
  if (specversion !== '1.0') throw invalidEnvelope('specversion');
  if (typeof id !== 'string' || id === '' || id.length > 255 || !isStorable(id)) throw invalidEnvelope('id');
  if (typeof source !== 'string' || source === '') throw invalidEnvelope('source');
  if (type !== entityChangedType) throw invalidEnvelope('type');
  return id;
}

function invalidEnvelope(attribute: string): SimyardError {
  return new SimyardError('MESSAGE_ENVELOPE_INVALID', { details: { attribute } });
}
