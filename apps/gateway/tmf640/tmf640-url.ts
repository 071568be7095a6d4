import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { servicePrefix } from '#libs/services';
import { originOf } from '../http/public-url.js';

/** Parameter of a route handler: where the facade is for who calls, without a slash at the end. */
export const Tmf640Url = createParamDecorator((_: unknown, context: ExecutionContext): string =>
  tmf640UrlOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

export const tmf640UrlOf = (request: FastifyRequest): string => originOf(request) + servicePrefix;
