import { randomUUID } from 'node:crypto';
import { Catch, HttpException, HttpStatus, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { asSimyardError, SimyardError, type ErrorCode } from '#libs/errors';
import type { Logger } from '#libs/runtime';

const statusByCode: Partial<Record<ErrorCode, HttpStatus>> = {
  REQUEST_INVALID: HttpStatus.BAD_REQUEST,
  REQUEST_TOO_LARGE: HttpStatus.PAYLOAD_TOO_LARGE,
  UNSUPPORTED_MEDIA_TYPE: HttpStatus.UNSUPPORTED_MEDIA_TYPE,
  UNAUTHENTICATED: HttpStatus.UNAUTHORIZED,
  FORBIDDEN: HttpStatus.FORBIDDEN,
  NOT_FOUND: HttpStatus.NOT_FOUND,
  DATABASE_UNAVAILABLE: HttpStatus.SERVICE_UNAVAILABLE,
};

/** What Nest and Fastify themselves refuse, in our codes. */
const codeByStatus: Record<number, ErrorCode> = {
  400: 'REQUEST_INVALID',
  404: 'NOT_FOUND',
  413: 'REQUEST_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};

/** Answers every error as `{"error":{"code","message","details"?,"correlationId"}}`; logs those that are our fault. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  async catch(thrown: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    const error = toSimyardError(thrown);
    const status = statusByCode[error.code] ?? HttpStatus.INTERNAL_SERVER_ERROR;
    const correlationId = correlationOf(http.getRequest<FastifyRequest>());
    if (status >= HttpStatus.INTERNAL_SERVER_ERROR) this.log.error({ err: error, correlationId }, 'request failed');
    const { code, message, details } = error;
    await http
      .getResponse<FastifyReply>()
      .status(status)
      .header('x-correlation-id', correlationId)
      .send({ error: { code, message, ...(details && { details }), correlationId } });
  }
}

function toSimyardError(thrown: unknown): SimyardError {
  const status = thrown instanceof HttpException ? thrown.getStatus() : fastifyStatus(thrown);
  const code = status === undefined ? undefined : codeByStatus[status];
  return code === undefined ? asSimyardError(thrown) : new SimyardError(code, { cause: thrown });
}

function fastifyStatus(thrown: unknown): number | undefined {
  if (thrown instanceof SimyardError || !(thrown instanceof Error)) return undefined;
  const status: unknown = Reflect.get(thrown, 'statusCode');
  return typeof status === 'number' ? status : undefined;
}

/** The caller's id when it is one that may stand in a header and a log. */
function correlationOf({ headers }: FastifyRequest): string {
  const given = headers['x-correlation-id'];
  return typeof given === 'string' && /^[\w.:/+-]{1,255}$/.test(given) ? given : randomUUID();
}
