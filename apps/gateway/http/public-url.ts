import type { FastifyInstance, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyInstance {
    /** see originOf */
    publicUrl: string | undefined;
  }
}

/** Tells requests by which URL callers reach the gateway; undefined: by that of each request. */
export const knowPublicUrl = (server: FastifyInstance, publicUrl: string | undefined): void => {
  server.decorate('publicUrl', publicUrl);
};

/** Where the gateway is for who calls, without a slash at the end. */
export const originOf = ({ server, protocol, host }: FastifyRequest): string =>
  server.publicUrl ?? `${protocol}://${host}`;
