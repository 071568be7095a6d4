import { Body, Controller, HttpStatus, Inject, Param, Patch, Req, Res, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SimyardError } from '#libs/errors';
import type { BrokerWatch } from '#libs/kafka';
import { monitorRequest } from '#libs/monitors';
import type { Database } from '#libs/postgres';
import { serviceMonitorHref, servicePrefix } from '#libs/services';
import { START, type Start } from '../commands/start.js';
import { DATABASE } from '../database.js';
import { sendAnswer } from '../http/answer.js';
import { originOf } from '../http/public-url.js';
import { CallerOf, type Caller } from '../http/read-request.js';
import { WriteRoute } from '../http/write-route.js';
import { tmf640UrlOf } from '../tmf640/tmf640-url.js';
import { accountsOfUnit, checkHeaders } from './check-request.js';
import { DescribeOrders } from './describe-orders.js';
import { RateGuard } from './rate.guard.js';
import { readOrders } from './read-orders.js';
import { BROKER_WATCH, HYBRIS_MAX_ICCIDS } from './settings.js';
import { startOrders } from './start-orders.js';

/** Seed 004: services of SIM cards in bulk, for shops and order systems. */
@ApiTags('Hybris')
@Controller('ecom-sales-ux/v1/:businessId/service')
@UseGuards(RateGuard)
export class HybrisController {
  constructor(
    @Inject(START) private readonly start: Start,
    @Inject(DATABASE) private readonly database: Database,
    @Inject(BROKER_WATCH) private readonly broker: BrokerWatch,
    @Inject(HYBRIS_MAX_ICCIDS) private readonly maxIccids: number,
  ) {}

  @Patch()
  @WriteRoute('hybris', 'SubmitBulkJob')
  @DescribeOrders()
  async order(
    @Param('businessId') businessId: string,
    @Body() body: unknown,
    @CallerOf() caller: Caller,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    checkHeaders(request);
    const unitAccountIds = await accountsOfUnit(this.database, caller.client, businessId);
    const orders = readOrders(body, this.maxIccids);
    // Before anything is written: what is accepted will be carried out.
    if (!this.broker.reachable()) throw new SimyardError('BROKER_UNAVAILABLE');
    const facadeUrl = tmf640UrlOf(request);
    const to = originOf(request) + request.originalUrl;
    // The orders are the items of the job: they are not kept once more.
    const told = { ...monitorRequest('PATCH', null, request.headers), to };
    const wanted = { caller, businessId, unitAccountIds, orders, told, facadeUrl };
    const { operationId } = await startOrders(this.start, wanted);
    const monitor = serviceMonitorHref(servicePrefix, operationId);
    const link = `<${monitor}>; rel="related"; title="monitor", </admin/v1/bulk-jobs/${operationId}>; rel="item"`;
    await sendAnswer(reply, { status: HttpStatus.OK, headers: { link }, body: { status: HttpStatus.OK } });
  }
}
