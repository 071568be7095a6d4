import { Body, Controller, Delete, Get, HttpCode, HttpStatus, Inject, Param, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SimyardError } from '#libs/errors';
import { readSubscriber, resourceTypeSource, type Reference } from '#libs/inventory';
import type { Database } from '#libs/postgres';
import { START, type Start } from '../commands/start.js';
import { DATABASE } from '../database.js';
import { OriginOf, type Origin } from '../http/origin.js';
import { CallerOf, expectNoBody, readAs, type Caller } from '../http/read-request.js';
import { WriteRoute } from '../http/write-route.js';
import { ackBody, type SingleBody } from './bodies.js';
import { DescribeSubscriber } from './describe-reads.js';
import { DescribeSingle } from './describe-writes.js';
import { pathReference } from './identifiers.js';
import { SimStatusRequest } from './requests.js';
import { simStatusWords } from './sim-status-words.js';
import { singleWrite } from './single-write.js';
import { subscriberBody } from './subscriber-body.js';

interface SubscriberPath {
  type: string;
  value: string;
}

interface OfferPath extends SubscriberPath {
  offerId: string;
}

/** floLIVE's calls on one subscriber of the client's own account or of those below it. */
@ApiTags('floLIVE')
@Controller('api/v2/subscriber/:type/:value')
export class FloliveSubscribersController {
  private readonly resourceTypes = resourceTypeSource();

  constructor(
    @Inject(START) private readonly start: Start,
    @Inject(DATABASE) private readonly database: Database,
  ) {}

  @Get()
  @DescribeSubscriber()
  async read(@Param() path: SubscriberPath, @CallerOf() { client }: Caller): Promise<object> {
    const types = await this.resourceTypes(this.database);
    const reference = pathReference(types, client.tenantId, path.type, path.value);
    const subscriber = await readSubscriber(this.database, types, client, reference);
    if (!subscriber) throw new SimyardError('SUBSCRIBER_NOT_FOUND');
    return subscriberBody(subscriber);
  }

  @Put('sim-status')
  @WriteRoute('flolive', 'ChangeSimStatus')
  @DescribeSingle('ChangeSimStatus')
  async changeSimStatus(
    @Param() path: SubscriberPath,
    @Body() body: unknown,
    @OriginOf() origin: Origin,
  ): Promise<SingleBody> {
    const status = simStatusWords[readAs(SimStatusRequest, body).status];
    const subscriber = await this.named(path, origin);
    const { operationId } = await this.start(
      singleWrite('ChangeSimStatus', { subscriber, status }, orderKey(path), origin),
    );
    return ackBody(operationId);
  }

  @Post('offer/:offerId')
  @HttpCode(HttpStatus.OK)
  @WriteRoute('flolive', 'AttachOffer')
  @DescribeSingle('AttachOffer')
  attachOffer(@Param() path: OfferPath, @Body() body: unknown, @OriginOf() origin: Origin): Promise<SingleBody> {
    return this.changeOffer('AttachOffer', path, body, origin);
  }

  @Delete('offer/:offerId')
  @WriteRoute('flolive', 'DetachOffer')
  @DescribeSingle('DetachOffer')
  detachOffer(@Param() path: OfferPath, @Body() body: unknown, @OriginOf() origin: Origin): Promise<SingleBody> {
    return this.changeOffer('DetachOffer', path, body, origin);
  }

  private async changeOffer(
    name: 'AttachOffer' | 'DetachOffer',
    path: OfferPath,
    body: unknown,
    origin: Origin,
  ): Promise<SingleBody> {
    expectNoBody(body);
    const subscriber = await this.named(path, origin);
    const { operationId } = await this.start(
      singleWrite(name, { subscriber, offerId: path.offerId }, orderKey(path), origin),
    );
    return ackBody(operationId);
  }

  /** Whether there is such a subscriber is seen when the call is admitted. */
  private async named({ type, value }: SubscriberPath, { caller }: Origin): Promise<Reference> {
    return pathReference(await this.resourceTypes(this.database), caller.client.tenantId, type, value);
  }
}

const orderKey = ({ type, value }: SubscriberPath): string => `${type}:${value}`;
