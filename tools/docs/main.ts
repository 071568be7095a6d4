import { buildAsyncApi } from '#libs/contracts';
import { recordAdditions } from './fixtures.js';
import { writeJson } from './write-json.js';

/** Writes docs/asyncapi.json and records additions in the fixtures; refuses to when a published type would break. */
const document = buildAsyncApi();
await recordAdditions((name) => document.components.messages[name]?.examples?.map(({ payload }) => payload) ?? []);
await writeJson('docs/asyncapi.json', document);
