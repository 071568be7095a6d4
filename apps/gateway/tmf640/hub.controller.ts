import { Body, Controller, Delete, HttpCode, HttpStatus, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { deleteSubscription } from '#libs/callbacks';
import { SimyardError } from '#libs/errors';
import type { Database } from '#libs/postgres';
import { servicePrefix } from '#libs/services';
import { CALLBACKS, type Callbacks } from '../hub/callbacks.js';
import { hubBody, readHubRequest } from '../hub/hub-request.js';
import { DATABASE } from '../database.js';
import { sendAnswer } from '../http/answer.js';
import { CallerOf, expectNoBody, type Caller } from '../http/read-request.js';
import { NoLock } from '../http/write-route.js';
import { DescribeServiceSubscribe, DescribeServiceUnsubscribe } from './describe-hub.js';
import { Tmf640Url } from './tmf640-url.js';

/** Where the client wants to be told of its services and operations; other clients' subscriptions do not exist. */
@ApiTags('TMF640')
@Controller(`${servicePrefix}/hub`)
export class ServiceHubController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(CALLBACKS) private readonly callbacks: Callbacks,
  ) {}

  @Post()
  @NoLock('changes no entity')
  @DescribeServiceSubscribe()
  async subscribe(
    @Body() body: unknown,
    @CallerOf() caller: Caller,
    @Tmf640Url() url: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const asked = { ...readHubRequest(body, 'tmf640'), facade: 'tmf640' } as const;
    const { secret, ...subscription } = await this.callbacks.subscribe(caller, asked);
    await sendAnswer(reply, {
      status: HttpStatus.CREATED,
      headers: { location: `${url}/hub/${subscription.subscriptionId}` },
      body: { ...hubBody(subscription), secret },
    });
  }

  @Delete(':id')
  @HttpCode(HttpStatus.NO_CONTENT)
  @NoLock('changes no entity')
  @DescribeServiceUnsubscribe()
  async unsubscribe(@Param('id') id: string, @Body() body: unknown, @CallerOf() { client }: Caller): Promise<void> {
    expectNoBody(body);
    const isDeleted = isUUID(id) && (await deleteSubscription(this.database, client.clientId, id, 'tmf640'));
    if (!isDeleted) throw new SimyardError('SUBSCRIPTION_NOT_FOUND');
  }
}
