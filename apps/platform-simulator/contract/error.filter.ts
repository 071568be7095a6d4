import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SimyardError } from '#libs/errors';
import { platformErrors, type PlatformErrorCode } from '#libs/platforms';
import type { Logger } from '#libs/runtime';
import { refusal } from './answer.js';

/** What Nest and Fastify refuse themselves, in the contract's codes. */
const codes: Record<number, PlatformErrorCode> = {
  400: 'REQUEST_INVALID',
  404: 'NOT_FOUND',
  413: 'REQUEST_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};

/** Answers every error in the contract's shape, on the admin API too; logs those that are our fault. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  async catch(thrown: unknown, host: ArgumentsHost): Promise<void> {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (reply.sent) return;
    const code = codeOf(thrown);
    if (code === 'INTERNAL_ERROR') this.log.error({ err: thrown }, 'request failed');
    const { status, headers = {}, body } = refusal(code, thrown instanceof SimyardError ? thrown : {});
    await reply.status(status).headers(headers).send(body);
  }
}

function codeOf(thrown: unknown): PlatformErrorCode {
  if (thrown instanceof SimyardError) return isPlatformError(thrown.code) ? thrown.code : 'INTERNAL_ERROR';
  const status = thrown instanceof HttpException ? thrown.getStatus() : fastifyStatus(thrown);
  return (status === undefined ? undefined : codes[status]) ?? 'INTERNAL_ERROR';
}

const isPlatformError = (code: string): code is PlatformErrorCode & SimyardError['code'] =>
  Object.hasOwn(platformErrors, code);

function fastifyStatus(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const status: unknown = Reflect.get(thrown, 'statusCode');
  return typeof status === 'number' ? status : undefined;
}
