import { Body, Delete, Get, HttpCode, HttpStatus, Inject, Param, Post, Res } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { deleteSubscription, listSubscriptions } from '#libs/callbacks';
import { SimyardError } from '#libs/errors';
import type { Database } from '#libs/postgres';
import { DATABASE } from '../../database.js';
import { sendAnswer } from '../../http/answer.js';
import { CallerOf, expectNoBody, type Caller } from '../../http/read-request.js';
import { NoLock } from '../../http/write-route.js';
import { CmoController } from '../cmo-controller.js';
import { CmoUrl } from '../cmo-url.js';
import { CALLBACKS, type Callbacks } from '../../hub/callbacks.js';
import { DescribeSubscribe, DescribeSubscription, DescribeSubscriptions, DescribeUnsubscribe } from './describe-hub.js';
import { hubBody, readHubRequest } from '../../hub/hub-request.js';

/** Where the client wants to be told of the ends of its operations; other clients' subscriptions do not exist. */
@CmoController('hub')
export class HubController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(CALLBACKS) private readonly callbacks: Callbacks,
  ) {}

  @Post()
  @NoLock('changes no entity')
  @DescribeSubscribe()
  async subscribe(
    @Body() body: unknown,
    @CallerOf() caller: Caller,
    @CmoUrl() url: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { secret, ...subscription } = await this.callbacks.subscribe(caller, readHubRequest(body));
    const location = `${url}/${encodeURIComponent(caller.client.tenantId)}/hub/${subscription.subscriptionId}`;
    const answer = { ...hubBody(subscription), secret };
    await sendAnswer(reply, { status: HttpStatus.CREATED, headers: { location }, body: answer });
  }

  @Get()
  @DescribeSubscriptions()
  async list(@CallerOf() { client }: Caller): Promise<unknown> {
    return (await listSubscriptions(this.database, client.clientId)).map(hubBody);
  }

  @Get(':subscriptionId')
  @DescribeSubscription()
  async one(@Param('subscriptionId') subscriptionId: string, @CallerOf() { client }: Caller): Promise<unknown> {
    const all = await listSubscriptions(this.database, client.clientId);
    const subscription = all.find((one) => one.subscriptionId === subscriptionId.toLowerCase());
    if (!subscription) throw new SimyardError('SUBSCRIPTION_NOT_FOUND');
    return hubBody(subscription);
  }

  @Delete(':subscriptionId')
  @HttpCode(HttpStatus.NO_CONTENT)
  @NoLock('changes no entity')
  @DescribeUnsubscribe()
  async unsubscribe(
    @Param('subscriptionId') subscriptionId: string,
    @Body() body: unknown,
    @CallerOf() { client }: Caller,
  ): Promise<void> {
    expectNoBody(body);
    const isDeleted =
      isUUID(subscriptionId) && (await deleteSubscription(this.database, client.clientId, subscriptionId));
    if (!isDeleted) throw new SimyardError('SUBSCRIPTION_NOT_FOUND');
  }
}
