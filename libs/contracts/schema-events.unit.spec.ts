import { describe, expect, it } from '@jest/globals';
import type { CommandOutcome, EntityChanged } from './change.js';
import { commandOutcomeSchema, entityChangedSchema } from './schema-events.js';

/** The TypeScript type of what a schema accepts, for the keywords that the events use. */
type FromSchema<S> = S extends { enum: readonly (infer E)[] }
  ? E
  : S extends { properties: infer P; required: readonly (infer R)[] }
    ? Flat<
        { -readonly [K in keyof P as K extends R ? K : never]: FromSchema<P[K]> } & {
          -readonly [K in keyof P as K extends R ? never : K]?: FromSchema<P[K]>;
        }
      >
    : S extends { type: readonly (infer T)[] }
      ? TypeOfName<T>
      : S extends { type: infer T }
        ? TypeOfName<T>
        : never;

type TypeOfName<T> = T extends keyof TypeNames ? TypeNames[T] : never;
interface TypeNames {
  string: string;
  integer: number;
  null: null;
  object: Record<string, unknown>;
}

type Flat<T> = { [K in keyof T]: T[K] };
/** Identity, not assignability: an optional property that one of the two lacks is a difference. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the compiler compares two generic functions by identity
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

describe('schemas of events', () => {
  it('agree with their interfaces, which the compiler checks', () => {
    const outcome: Same<FromSchema<typeof commandOutcomeSchema>, CommandOutcome> = true;
    const change: Same<FromSchema<typeof entityChangedSchema>, EntityChanged> = true;
    expect([outcome, change]).toEqual([true, true]);
  });
});
