import { expect, it } from '@jest/globals';
import { buildAsyncApi } from '#libs/contracts';
import { SimyardError } from '#libs/errors';
import { causeHeaders } from '../../libs/kafka/dead-letter.js';
import { readJson } from './write-json.js';

it('docs/asyncapi.json is what the code says; `npm run docs:asyncapi` writes it', async () => {
  expect(await readJson('docs/asyncapi.json')).toEqual(JSON.parse(JSON.stringify(buildAsyncApi())));
});

it('lists the headers that libs/kafka adds to a dead letter', () => {
  const position = { topic: 't', partition: 0, offset: 0n, timestamp: 0 };
  const record = { ...position, key: null, value: null, headers: {} };
  const added = causeHeaders(record, new SimyardError('MESSAGE_EMPTY'), 1);
  expect(buildAsyncApi().components.schemas['DeadLetterHeaders']?.required).toEqual(Object.keys(added));
});
