import { isDeepStrictEqual } from 'node:util';
import {
  breakingDifferences,
  publishedTypes,
  schemaOfType,
  type JsonSchema,
  type PublishedType,
} from '#libs/contracts';
import { readJson, writeJson } from './write-json.js';

const directory = 'libs/contracts/fixtures/v1';
const schemaFile = (name: string): string => `${directory}/${name}.schema.json`;
const examplesFile = (name: string): string => `${directory}/${name}.examples.json`;

export interface Fixture {
  schema: JsonSchema;
  /** every instance that was ever published as an example */
  examples: unknown[];
}

/** What was published of a type, or undefined when it is new. */
export async function readFixture(name: string): Promise<Fixture | undefined> {
  const [schema, examples] = await Promise.all([readJson(schemaFile(name)), readJson(examplesFile(name))]);
  if (schema === undefined) return undefined;
  return { schema: schema as JsonSchema, examples: (examples ?? []) as unknown[] };
}

/**
 * Records additions to the published types: a schema that differs without breaking, and new examples beside the old.
 * @throws Error that lists the breaking differences, and then writes nothing.
 */
export async function recordAdditions(examplesOf: (name: string) => unknown[]): Promise<void> {
  const old = new Map(
    await Promise.all(publishedTypes.map(async (type) => [type.name, await readFixture(type.name)] as const)),
  );
  const problems = publishedTypes.flatMap((type) => problemsOf(type, old.get(type.name)));
  if (problems.length > 0) throw new Error(`A new version of the type is needed:\n${problems.join('\n')}`);
  for (const { name } of publishedTypes) {
    await writeJson(schemaFile(name), schemaOfType(name));
    await writeJson(examplesFile(name), merge(old.get(name)?.examples ?? [], examplesOf(name)));
  }
}

function problemsOf(type: PublishedType, fixture: Fixture | undefined): string[] {
  if (fixture === undefined) return [];
  const differences = breakingDifferences(fixture.schema, schemaOfType(type.name), type.kind);
  return differences.map((difference) => `${type.name} ${difference}`);
}

function merge(old: unknown[], now: unknown[]): unknown[] {
  return [...old, ...now.filter((example) => !old.some((known) => isDeepStrictEqual(known, example)))];
}
