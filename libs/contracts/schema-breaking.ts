import type { JsonSchema, PublishedType } from './schema.js';

type Kind = PublishedType['kind'];

/**
 * What breaks whom when a published type changes from `before` to `after`; each line names the field. Additions break
 * nobody. A command is written by others, so what they may send must stay allowed. An event is kept for years and read
 * by others: besides, old ones must fit the new schema, and a new one must not surprise a reader by what is missing or
 * of another type. Readers of events ignore properties and enum values they do not know.
 */
export function breakingDifferences(before: JsonSchema, after: JsonSchema, kind: Kind = 'command'): string[] {
  return compare('', before, after, kind);
}

function compare(path: string, before: JsonSchema, after: JsonSchema, kind: Kind): string[] {
  const problems = [
    ...typeProblems(before, after, kind),
    ...enumProblems(before, after),
    ...boundProblems(before, after),
    ...formatProblems(before, after),
    ...(after.additionalProperties === false && before.additionalProperties !== false
      ? ['unknown properties are refused now']
      : []),
  ].map((problem) => `${path || '(root)'}: ${problem}`);
  return [
    ...problems,
    ...requiredProblems(path, before, after, kind),
    ...propertyProblems(path, before, after, kind),
    ...itemProblems(path, before, after, kind),
  ];
}

function typeProblems(before: JsonSchema, after: JsonSchema, kind: Kind): string[] {
  const [old, now] = [typesOf(before), typesOf(after)];
  const lost = old.some((type) => !now.some((other) => includesType(other, type)));
  const gained = now.some((type) => !old.some((other) => includesType(other, type)));
  if (!lost && !(gained && kind === 'event')) return [];
  return [`type changed from ${old.join('|')} to ${now.join('|')}`];
}

function typesOf({ type }: JsonSchema): readonly string[] {
  if (type === undefined) return ['any'];
  return typeof type === 'string' ? [type] : type;
}

function includesType(wide: string, narrow: string): boolean {
  return wide === narrow || wide === 'any' || (wide === 'number' && narrow === 'integer');
}

function enumProblems(before: JsonSchema, after: JsonSchema): string[] {
  const [old, now] = [valuesOf(before), valuesOf(after)];
  if (now === undefined) return [];
  if (old === undefined) return ['only some values are allowed now'];
  return old.filter((value) => !now.includes(value)).map((value) => `value ${JSON.stringify(value)} was removed`);
}

function valuesOf(schema: JsonSchema): readonly unknown[] | undefined {
  return 'const' in schema ? [schema.const] : schema.enum;
}

const upperBounds = ['maxLength', 'maximum', 'maxItems'] as const;
const lowerBounds = ['minLength', 'minimum', 'minItems'] as const;

function boundProblems(before: JsonSchema, after: JsonSchema): string[] {
  const narrowed = [
    ...upperBounds.filter((bound) => (after[bound] ?? Infinity) < (before[bound] ?? Infinity)),
    ...lowerBounds.filter((bound) => (after[bound] ?? -Infinity) > (before[bound] ?? -Infinity)),
  ];
  return narrowed.map((bound) => `${bound} narrowed from ${before[bound] ?? 'none'} to ${after[bound] ?? 'none'}`);
}

function formatProblems(before: JsonSchema, after: JsonSchema): string[] {
  return (['format', 'pattern'] as const)
    .filter((keyword) => after[keyword] !== undefined && after[keyword] !== before[keyword])
    .map((keyword) => `${keyword} changed from ${before[keyword] ?? 'none'} to ${after[keyword]}`);
}

function requiredProblems(path: string, before: JsonSchema, after: JsonSchema, kind: Kind): string[] {
  const [old, now] = [before.required ?? [], after.required ?? []];
  const required = now.filter((name) => !old.includes(name)).map((name) => `${at(path, name)}: newly required`);
  if (kind === 'command') return required;
  const optional = old.filter((name) => !now.includes(name)).map((name) => `${at(path, name)}: no longer required`);
  return [...required, ...optional];
}

function propertyProblems(path: string, before: JsonSchema, after: JsonSchema, kind: Kind): string[] {
  return Object.entries(before.properties ?? {}).flatMap(([name, old]) => {
    const now = after.properties?.[name];
    return now === undefined ? [`${at(path, name)}: removed`] : compare(at(path, name), old, now, kind);
  });
}

function itemProblems(path: string, before: JsonSchema, after: JsonSchema, kind: Kind): string[] {
  if (before.items === undefined && after.items === undefined) return [];
  return compare(`${path}[]`, before.items ?? {}, after.items ?? {}, kind);
}

const at = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);
