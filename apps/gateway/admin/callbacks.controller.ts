import { Body, Controller, Get, HttpCode, HttpStatus, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import { listDeliveries, retryDelivery } from '#libs/callbacks';
import { SimyardError } from '#libs/errors';
import type { Database } from '#libs/postgres';
import { DATABASE } from '../database.js';
import { CallerOf, expectNoBody, readQuery, type Caller } from '../http/read-request.js';
import { NoLock } from '../http/write-route.js';
import { callbackView } from './callback-view.js';
import { CallbacksQuery, toDeliveryFilter } from './callbacks-query.js';
import { DescribeCallbacks, DescribeRetry } from './describe-callbacks.js';

/** Callbacks to clients of the client's account tree; others do not exist. */
@ApiTags('Callbacks')
@Controller('admin/v1/callbacks')
export class CallbacksController {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  @Get()
  @DescribeCallbacks()
  async list(@Query() parameters: unknown, @CallerOf() { client }: Caller): Promise<unknown> {
    const filter = toDeliveryFilter(readQuery(CallbacksQuery, parameters));
    const rows = await listDeliveries(this.database, client.accountId, { ...filter, limit: filter.limit + 1 });
    const page = rows.slice(0, filter.limit);
    const last = rows.length > page.length ? page.at(-1) : undefined;
    return { callbacks: page.map(callbackView), ...(last && { nextCursor: last.deliveryId }) };
  }

  @Post(':deliveryId/retry')
  @HttpCode(HttpStatus.NO_CONTENT)
  @NoLock('changes no entity')
  @DescribeRetry()
  async retry(
    @Param('deliveryId') deliveryId: string,
    @Body() body: unknown,
    @CallerOf() { client }: Caller,
  ): Promise<void> {
    expectNoBody(body);
    if (!client.scopes.includes('admin')) throw new SimyardError('FORBIDDEN');
    const isDue = isUUID(deliveryId) && (await retryDelivery(this.database, client.accountId, deliveryId));
    if (!isDue) throw new SimyardError('NOT_FOUND', { message: 'No such callback was given up.' });
  }
}
