import type { FastifyInstance, FastifyRequest } from 'fastify';
import { SimyardError } from '#libs/errors';
import type { Health } from '#libs/runtime';

/** What a table of items may be sent as. */
export const uploadTypes = ['text/csv', 'application/x-ndjson'] as const;
export type UploadType = (typeof uploadTypes)[number];

/** Time in which the rest of an upload that was answered early must have been sent, also while the service ends. */
const lingerMs = 30_000;
const lastLingerMs = 1000;

/**
 * Hands uploads to the routes that take them, not read yet and of any length; refuses them on every other route. One that
 * is answered before its end may go on for a while, so that its sender sees the answer, but not for ever.
 */
export function takeUploads(server: FastifyInstance, uploadRoutes: ReadonlySet<string>, health: Health): void {
  server.addContentTypeParser([...uploadTypes], (request, payload, done) => {
    const mayUpload = uploadRoutes.has(request.routeOptions.url ?? '');
    done(mayUpload ? null : new SimyardError('UNSUPPORTED_MEDIA_TYPE'), payload);
  });
  server.addHook('onResponse', (request, _reply, done) => {
    const { raw } = request;
    const waitMs = health.draining ? lastLingerMs : lingerMs;
    if (!raw.complete) setTimeout(() => raw.complete || raw.destroy(), waitMs).unref();
    done();
  });
}

/** How the body's rows are written; undefined when it is no upload. */
export function uploadTypeOf({ headers }: FastifyRequest): UploadType | undefined {
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  return uploadTypes.find((one) => one === type);
}

/** Whether the content type names no charset, or UTF-8. */
export function isUtf8({ headers }: FastifyRequest): boolean {
  const [, charset = 'utf-8'] = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(headers['content-type'] ?? '') ?? [];
  return /^utf-?8$/i.test(charset);
}
