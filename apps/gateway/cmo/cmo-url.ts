import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { originOf } from '../http/public-url.js';
import { cmoPrefix } from './cmo-controller.js';

/** Parameter of a route handler: where the facade is for who calls, up to the tenant, without a slash at the end. */
export const CmoUrl = createParamDecorator((_: unknown, context: ExecutionContext): string =>
  cmoUrlOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

export const cmoUrlOf = (request: FastifyRequest): string => originOf(request) + cmoPrefix;
