import { Controller, HttpCode, HttpStatus, Inject, Param, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { SimyardError } from '#libs/errors';
import { Open } from '#libs/runtime';
import { NoLock } from '../http/write-route.js';
import { DescribeCallback } from './describe-callback.js';
import { RECEIVE_CALLBACK, type ReceiveCallback } from './receive-callback.js';

/** The route whose body must come as its bytes: they are signed. */
export const callbackRoute = '/platform-callbacks/v1/:platform';

/** Where platforms tell the end of what they have accepted; they sign it in place of having credentials. */
@ApiTags('Platforms')
@Open()
@Controller('platform-callbacks/v1')
export class PlatformCallbacksController {
  constructor(@Inject(RECEIVE_CALLBACK) private readonly receive: ReceiveCallback) {}

  @Post(':platform')
  @NoLock('tells of a change whose operation holds its locks')
  @DescribeCallback()
  @HttpCode(HttpStatus.NO_CONTENT)
  async callback(@Param('platform') platform: string, @Req() { headers, body }: FastifyRequest): Promise<void> {
    if (!Buffer.isBuffer(body)) throw new SimyardError('REQUEST_INVALID', { message: 'The body is missing.' });
    await this.receive({ platform, headers, body });
  }
}
