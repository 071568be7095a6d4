import { describe, expect, it } from '@jest/globals';
import { breakingDifferences } from './schema-breaking.js';
import type { JsonSchema } from './schema.js';

const published: JsonSchema = {
  type: 'object',
  properties: {
    id: { type: 'string', minLength: 1, maxLength: 10 },
    count: { type: 'integer', minimum: 0 },
    state: { type: 'string', enum: ['on', 'off'] },
    at: { type: 'string', format: 'date-time' },
    tags: { type: 'array', maxItems: 3, items: { type: 'string' } },
    sim: { type: 'object', properties: { iccid: { type: 'string' } }, required: ['iccid'] },
  },
  required: ['id'],
};

/** The published schema with some properties replaced, or removed by null. */
function changed(properties: Record<string, JsonSchema | null>, required = ['id']): JsonSchema {
  const merged = { ...published.properties, ...properties };
  const kept = Object.entries(merged).filter((entry): entry is [string, JsonSchema] => entry[1] !== null);
  return { ...published, properties: Object.fromEntries(kept), required };
}

describe('breakingDifferences', () => {
  it.each<[string, JsonSchema, string]>([
    ['a removed property', changed({ state: null }), 'state: removed'],
    ['a nested removal', changed({ sim: { type: 'object', required: ['iccid'] } }), 'sim.iccid: removed'],
    ['a newly required property', changed({}, ['id', 'at']), 'at: newly required'],
    ['a new property that is required', changed({ x: { type: 'string' } }, ['id', 'x']), 'x: newly required'],
    ['another type', changed({ at: { type: 'integer' } }), 'at: type changed from string to integer'],
    [
      'another type of items',
      changed({ tags: { type: 'array', maxItems: 3, items: { type: 'integer' } } }),
      'tags[]: type changed from string to integer',
    ],
    [
      'a shorter length',
      changed({ id: { type: 'string', minLength: 1, maxLength: 9 } }),
      'id: maxLength narrowed from 10 to 9',
    ],
    [
      'a first bound',
      changed({ count: { type: 'integer', minimum: 0, maximum: 5 } }),
      'count: maximum narrowed from none to 5',
    ],
    ['a higher minimum', changed({ count: { type: 'integer', minimum: 1 } }), 'count: minimum narrowed from 0 to 1'],
    [
      'fewer items',
      changed({ tags: { type: 'array', maxItems: 2, items: { type: 'string' } } }),
      'tags: maxItems narrowed from 3 to 2',
    ],
    ['a removed value', changed({ state: { type: 'string', enum: ['on'] } }), 'state: value "off" was removed'],
    [
      'a first list of values',
      changed({ at: { type: 'string', format: 'date-time', enum: ['now'] } }),
      'at: only some values are allowed now',
    ],
    [
      'a first format',
      changed({ state: { type: 'string', enum: ['on', 'off'], format: 'uuid' } }),
      'state: format changed from none to uuid',
    ],
    ['a closed object', { ...published, additionalProperties: false }, '(root): unknown properties are refused now'],
  ])('finds %s, for commands and events', (_name, after, problem) => {
    expect(breakingDifferences(published, after, 'command')).toEqual([problem]);
    expect(breakingDifferences(published, after, 'event')).toContain(problem);
  });

  it.each<[string, JsonSchema]>([
    ['no difference', published],
    ['a new optional property', changed({ note: { type: 'string' } })],
    ['a new value', changed({ state: { type: 'string', enum: ['on', 'off', 'idle'] } })],
    ['a greater length', changed({ id: { type: 'string', minLength: 1, maxLength: 20 } })],
    ['no bound any more', changed({ count: { type: 'integer' } })],
    ['no format any more', changed({ at: { type: 'string' } })],
    ['a description', { ...published, description: 'new words' }],
  ])('accepts %s, for commands and events', (_name, after) => {
    expect(breakingDifferences(published, after, 'command')).toEqual([]);
    expect(breakingDifferences(published, after, 'event')).toEqual([]);
  });

  it.each<[string, JsonSchema, string]>([
    ['a property that may be missing', changed({}, []), 'id: no longer required'],
    [
      'a property that may be null',
      changed({ at: { type: ['string', 'null'], format: 'date-time' } }),
      'at: type changed from string to string|null',
    ],
    [
      'a wider number',
      changed({ count: { type: 'number', minimum: 0 } }),
      'count: type changed from integer to number',
    ],
  ])('finds %s in an event, and accepts it in a command', (_name, after, problem) => {
    expect(breakingDifferences(published, after, 'event')).toEqual([problem]);
    expect(breakingDifferences(published, after, 'command')).toEqual([]);
  });
});
