import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { plainToInstance, Type } from 'class-transformer';
import { IsInt, validateSync } from 'class-validator';
import fc from 'fast-check';
import { accept } from './accept.js';
import { commandExamples } from './asyncapi-examples.js';
import { commands, type CommandName } from './commands.js';

/** What class-validator alone says. */
function validates(
  dataClass: new () => object,
  plain: object,
  unknownProperties: 'refuse' | 'ignore',
): object | undefined {
  const data = plainToInstance(dataClass, structuredClone(plain));
  const options = { whitelist: true, forbidNonWhitelisted: unknownProperties === 'refuse', forbidUnknownValues: true };
  return validateSync(data, options).length === 0 ? data : undefined;
}

const text = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom(
    'Active',
    'ACTIVE',
    'Nowhere',
    '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
    'x'.repeat(65),
    'x'.repeat(256),
  ),
);
const anything = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.constant([]), fc.constant({}));
const resource = fc.record({ type: fc.oneof(text, anything), value: text, extra: anything }, { requiredKeys: [] });
const reference = fc.record(
  { refId: text, externalId: text, identifier: fc.oneof(resource, anything) },
  { requiredKeys: [] },
);
const sim = fc.record({ iccid: text, imsi: text, status: text }, { requiredKeys: [] });
const data = fc.record(
  {
    ...{ requestId: fc.oneof(text, anything), transactionId: text, subscriber: fc.oneof(reference, anything) },
    ...{ resourceType: text, resource: text, swapResource: fc.oneof(text, anything), state: text, platform: text },
    ...{ externalId: text, accountId: text, sim: fc.oneof(sim, anything), unknown: anything },
    resources: fc.oneof(fc.array(fc.oneof(resource, anything), { maxLength: 22 }), anything),
  },
  { requiredKeys: [] },
);

/** A published example of the command with one attribute replaced, or none. */
function nearExample(name: CommandName): fc.Arbitrary<object> {
  const examples = commandExamples[name] as object[];
  const attributes = ['unknown', ...new Set(examples.flatMap((example) => Object.keys(example)))];
  const replaced = fc.record({ attribute: fc.constantFrom(...attributes), value: anything });
  return fc
    .tuple(fc.constantFrom(...examples), fc.option(replaced))
    .map(([example, change]) => (change ? { ...example, [change.attribute]: change.value } : example));
}

describe('accept', () => {
  it.each(Object.entries(commands))(
    'accepts of %s only what class-validator accepts, and reads it alike',
    (name, { dataClass }) => {
      let accepted = 0;
      const plains = fc.oneof(data, nearExample(name as CommandName));
      const property = fc.property(plains, fc.constantFrom('refuse' as const, 'ignore' as const), (plain, unknown) => {
        const fast = accept<object>(dataClass, plain, unknown);
        if (fast === undefined) return;
        accepted += 1;
        expect(JSON.parse(JSON.stringify(fast))).toEqual(
          JSON.parse(JSON.stringify(validates(dataClass, plain, unknown))),
        );
      });
      fc.assert(property, { numRuns: 3000 });
      expect(accepted).toBeGreaterThan(0);
    },
  );

  it('accepts the messages that matter', () => {
    const swap = {
      requestId: 'r',
      subscriber: { externalId: 'S' },
      resourceType: 'MSISDN',
      swapResource: '1',
      resource: '2',
    };
    expect(accept(commands.SwapSubscriberResource.dataClass, swap, 'refuse')).toMatchObject(swap);
    expect(accept(commands.SwapSubscriberResource.dataClass, { ...swap, more: 1 }, 'ignore')).not.toHaveProperty(
      'more',
    );
    expect(accept(commands.SwapSubscriberResource.dataClass, { ...swap, more: 1 }, 'refuse')).toBeUndefined();
  });

  it('leaves a class to the full validation that transforms what it gets', () => {
    class Query {
      @Type(() => Number)
      @IsInt()
      page!: number;
    }
    expect(accept(Query, { page: 1 }, 'refuse')).toBeUndefined();
  });
});
