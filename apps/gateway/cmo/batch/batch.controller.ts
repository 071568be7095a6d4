import { Body, HttpStatus, Inject, Patch, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SimyardError } from '#libs/errors';
import { monitorBody, monitorLink, monitorRequest, readMonitor } from '#libs/monitors';
import type { Database } from '#libs/postgres';
import { START, type Start } from '../../commands/start.js';
import { DATABASE } from '../../database.js';
import { sendAnswer } from '../../http/answer.js';
import { OriginOf, type Origin } from '../../http/origin.js';
import { WriteRoute } from '../../http/write-route.js';
import { CmoController } from '../cmo-controller.js';
import { CmoUrl } from '../cmo-url.js';
import { CALLBACKS, CallbackOf, type Callbacks, type CallbackWish } from '../../hub/callbacks.js';
import { DescribeBatch } from './describe-batch.js';
import { CMO_MAX_PRODUCTS } from './max-products.js';
import { readBatch } from './read-batch.js';
import { startBatch } from './start-batch.js';

/** One patch for many products, of any platforms; how far each is, its monitor tells. */
@CmoController('product')
export class BatchController {
  constructor(
    @Inject(START) private readonly start: Start,
    @Inject(DATABASE) private readonly database: Database,
    @Inject(CALLBACKS) private readonly callbacks: Callbacks,
    @Inject(CMO_MAX_PRODUCTS) private readonly maxProducts: number,
  ) {}

  @Patch()
  @WriteRoute('cmo', 'SubmitBulkJob')
  @DescribeBatch()
  async patch(
    @Body() body: unknown,
    @Req() { headers }: FastifyRequest,
    @OriginOf() origin: Origin,
    @CallbackOf() wish: CallbackWish,
    @CmoUrl() url: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const batch = readBatch(body, this.maxProducts);
    const told = monitorRequest('PATCH', batch.told, headers);
    const stageCallback = await this.callbacks.stageFor(origin.caller, wish);
    const { operationId } = await startBatch(this.start, { batch, told, stageCallback, ...origin });
    const { accountId, tenantId } = origin.caller.client;
    const monitor = await readMonitor(this.database, accountId, operationId);
    if (!monitor) throw new SimyardError('MONITOR_NOT_FOUND');
    const link = monitorLink(url, tenantId, monitor.monitorId, batch.products[0].productId);
    await sendAnswer(reply, { status: HttpStatus.ACCEPTED, headers: { link }, body: monitorBody(monitor, url) });
  }
}
