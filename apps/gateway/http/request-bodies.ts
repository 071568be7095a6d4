import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { SimyardError } from '#libs/errors';

/** Deeper than any request of ours; deep nesting would exhaust the stack of whoever walks the body. */
const deepest = 32;

/** Postgres refuses it in a text. */
const unstorable = '\u0000';

const formType = /^application\/x-www-form-urlencoded\b/i;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** JSON that says how to change a resource: RFC 6902, and the same with JSONPath in place of JSON Pointer. */
export const patchTypes = ['application/json-patch+json', 'application/json-patch-query+json'] as const;
export type PatchType = (typeof patchTypes)[number];

/** RFC 7396. */
const mergePatchType = 'application/merge-patch+json';

/** Routes, as templates, that take other bodies than application/json, or take that as its bytes. */
export interface OtherBodies {
  forms: ReadonlySet<string>;
  patches: ReadonlySet<string>;
  /** of those, where RFC 7396 is taken, too */
  mergePatches: ReadonlySet<string>;
  /** JSON whose bytes are signed: it comes as they are, not read yet */
  signed: ReadonlySet<string>;
}

type Done = (error: Error | null, body?: unknown) => void;

/**
 * Which bodies are read. JSON strictly: UTF-8 without errors, shallow, without `__proto__`, and only text that Postgres
 * and Kafka can hold (no U+0000, no half of a surrogate pair). Others where `routes` says so. Nothing else.
 */
export function readBodies(app: NestFastifyApplication, routes: OtherBodies): void {
  const server = app.getHttpAdapter().getInstance();
  server.removeContentTypeParser('text/plain');
  server.addHook('onRequest', (request, _reply, done) => {
    const url = request.routeOptions.url ?? '';
    const isRefused =
      (formType.test(request.headers['content-type'] ?? '') && !routes.forms.has(url)) ||
      (patchTypeOf(request) !== undefined && !routes.patches.has(url)) ||
      (mediaTypeOf(request) === mergePatchType && !routes.mergePatches.has(url));
    done(isRefused ? new SimyardError('UNSUPPORTED_MEDIA_TYPE') : undefined);
  });
  const parse = server.getDefaultJsonParser('error', 'error');
  for (const type of ['application/json', mergePatchType, ...patchTypes]) readJson(app, type, parse, routes.signed);
}

/** In which of the types a patch is written; undefined when the body is none. */
export function patchTypeOf(request: FastifyRequest): PatchType | undefined {
  const type = mediaTypeOf(request);
  return patchTypes.find((one) => one === type);
}

const mediaTypeOf = ({ headers }: FastifyRequest): string | undefined =>
  headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();

type ParseJson = ReturnType<FastifyInstance['getDefaultJsonParser']>;

function readJson(app: NestFastifyApplication, type: string, parse: ParseJson, signed: OtherBodies['signed']): void {
  app.useBodyParser(type, {}, (request: FastifyRequest, body: Buffer, done: Done) => {
    if (signed.has(request.routeOptions.url ?? '')) {
      done(null, body);
      return;
    }
    const text = decode(body);
    if (text.trim() === '') {
      done(null);
      return;
    }
    void parse(request, text, (error, parsed: unknown) => {
      if (error) done(new SimyardError('REQUEST_INVALID', { message: 'The body is not valid JSON.', cause: error }));
      else done(findProblem(parsed), parsed);
    });
  });
}

function decode(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch (cause) {
    throw new SimyardError('REQUEST_INVALID', { message: 'The body is not valid UTF-8.', cause });
  }
}

function findProblem(parsed: unknown): SimyardError | null {
  const problem = textProblem(parsed, deepest);
  return problem === undefined ? null : new SimyardError('REQUEST_INVALID', { message: problem });
}

/** What is wrong with the texts within a value, if anything: they must be storable, and not nested too deeply. */
export function textProblem(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') {
    return value.isWellFormed() && !value.includes(unstorable)
      ? undefined
      : 'A text contains a character that is not allowed.';
  }
  if (value === null || typeof value !== 'object') return undefined;
  if (depth === 0) return 'The body is nested too deeply.';
  for (const [name, member] of Object.entries(value)) {
    const problem = textProblem(name, depth) ?? textProblem(member, depth - 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
