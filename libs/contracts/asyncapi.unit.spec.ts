import { describe, expect, it } from '@jest/globals';
import { Parser } from '@asyncapi/parser';
import { Ajv } from 'ajv';
import { default as addFormats } from 'ajv-formats';
import { changeExamples, commandExamples, outcomeExamples, platformRequestExamples } from './asyncapi-examples.js';
import { buildAsyncApi } from './asyncapi.js';
import { commands, type CommandName } from './commands.js';
import { publishedTypes, schemaOfType } from './schema.js';
import { topics } from './topics.js';
import { validateData } from './validate.js';

const document = buildAsyncApi();

describe('the AsyncAPI document', () => {
  it('is valid in the eyes of its own parser', async () => {
    const { document: parsed, diagnostics } = await new Parser().parse(JSON.stringify(document));
    expect(diagnostics.filter(({ code }) => code !== 'asyncapi-latest-version')).toEqual([]);
    expect(parsed?.channels().all()).toHaveLength(topics.length);
  });

  it('has a channel for every topic, with messages, and an operation for every channel', () => {
    expect(Object.keys(document.channels)).toEqual(topics.map(({ name }) => name));
    const used = new Set(Object.values(document.operations).map(({ channel }) => channel.$ref));
    for (const [name, { messages }] of Object.entries(document.channels)) {
      expect([name, Object.keys(messages)]).not.toEqual([name, []]);
      expect([...used]).toContain(`#/channels/${name}`);
    }
  });

  it('has a message with examples for every published type', () => {
    for (const { name, type } of publishedTypes) {
      expect(document.components.messages[name]).toMatchObject({ name: type });
      expect(document.components.messages[name]?.examples).not.toEqual([]);
    }
  });
});

describe('examples', () => {
  const names = Object.keys(commands) as CommandName[];

  it.each(names)('of %s validate by the class that validates commands', (name) => {
    for (const example of commandExamples[name]) {
      const { problems } = validateData<object>(commands[name].dataClass, example, { unknownProperties: 'refuse' });
      expect(problems).toEqual([]);
    }
  });

  it.each(publishedTypes.map(({ name }) => name))('of %s validate by its published schema', (name) => {
    const ajv = new Ajv({ strict: true, allowUnionTypes: true });
    addFormats.default(ajv);
    const validate = ajv.compile(schemaOfType(name));
    const all: Record<string, unknown[]> = {
      ...commandExamples,
      CommandOutcome: outcomeExamples,
      EntityChanged: changeExamples,
      PlatformRequest: platformRequestExamples,
    };
    for (const example of all[name]!) {
      validate(example);
      expect(validate.errors).toBeNull();
    }
  });
});
