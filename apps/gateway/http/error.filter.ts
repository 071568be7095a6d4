import { Catch, HttpException, HttpStatus, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { asSimyardError, SimyardError, type ErrorCode } from '#libs/errors';
import type { Logger } from '#libs/runtime';
import type { AllowedMethods } from './allowed-methods.js';
import { sendAnswer, type Answer } from './answer.js';
import { errorBody } from './error-body.js';
import { errorHeaders } from './error-headers.js';
import { httpStatuses } from './http-status.js';

/** How a facade words an error of ours; `method` is that of the request. */
export type RenderError = (error: SimyardError, correlationId: string, method: string) => Answer;

/** Facades with an error shape of their own, by path prefix. */
export type ErrorShapes = Record<string, RenderError>;

/** What Nest and Fastify refuse themselves, in our codes; another refusal below 500 is a bad request. */
const codes: Record<number, ErrorCode> = {
  [HttpStatus.NOT_FOUND]: 'NOT_FOUND',
  [HttpStatus.PAYLOAD_TOO_LARGE]: 'REQUEST_TOO_LARGE',
  [HttpStatus.UNSUPPORTED_MEDIA_TYPE]: 'UNSUPPORTED_MEDIA_TYPE',
};

const firstFault: number = HttpStatus.INTERNAL_SERVER_ERROR;

/** Answers every error in the shape of the facade whose path it met; logs those that are our fault. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(
    private readonly log: Logger,
    private readonly allowedMethods: AllowedMethods,
    private readonly shapes: ErrorShapes,
  ) {}

  async catch(thrown: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) return;
    const path = request.url.split('?', 1)[0] ?? '';
    const { correlationId } = request;
    const error = toSimyardError(thrown);
    const methods = isNoRoute(error, request) ? this.allowedMethods.of(path) : [];
    const status: number = httpStatuses[error.code];
    if (status >= firstFault) {
      this.log.error({ err: error, correlationId, route: request.routeOptions.url }, 'request failed');
    }
    if (methods.length > 0) {
      reply.header('allow', methods.join(', '));
      await sendAnswer(
        reply,
        shapeOf(this.shapes, path)(new SimyardError('METHOD_NOT_ALLOWED'), correlationId, request.method),
      );
    } else {
      await sendAnswer(reply, shapeOf(this.shapes, path)(error, correlationId, request.method));
    }
  }
}

/** How the facade of a path words errors. */
export function shapeOf(shapes: ErrorShapes, path: string): RenderError {
  const prefix = Object.keys(shapes).find((one) => path.startsWith(one));
  return (prefix === undefined ? undefined : shapes[prefix]) ?? renderError;
}

const isNoRoute = (error: SimyardError, request: FastifyRequest): boolean =>
  error.code === 'NOT_FOUND' && request.routeOptions.url === undefined;

function toSimyardError(thrown: unknown): SimyardError {
  const status = thrown instanceof HttpException ? thrown.getStatus() : fastifyStatus(thrown);
  if (status === undefined || status >= firstFault) return asSimyardError(thrown);
  return new SimyardError(codes[status] ?? 'REQUEST_INVALID', { cause: thrown });
}

function fastifyStatus(thrown: unknown): number | undefined {
  if (thrown instanceof SimyardError || !(thrown instanceof Error)) return undefined;
  const status: unknown = Reflect.get(thrown, 'statusCode');
  return typeof status === 'number' ? status : undefined;
}

/** The shape of the OCS and admin facades, and of paths that belong to none. */
export function renderError(error: SimyardError, correlationId: string): Answer {
  const { code, message, details } = error;
  return {
    status: httpStatuses[code],
    headers: errorHeaders(error),
    body: errorBody({ code, message, ...(details && { details }) }, correlationId),
  };
}
