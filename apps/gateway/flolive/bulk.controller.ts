import { Body, Controller, Delete, Inject, Post, Put, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { resourceTypeSource } from '#libs/inventory';
import type { Database } from '#libs/postgres';
import { START, type Start } from '../commands/start.js';
import { DATABASE } from '../database.js';
import { sendAnswer } from '../http/answer.js';
import { OriginOf, type Origin } from '../http/origin.js';
import { WriteRoute } from '../http/write-route.js';
import { bulkAck, bulkNak } from './bulk-answer.js';
import { offerForm, resetForm, simStatusForm, type BulkForm } from './bulk-forms.js';
import { BULK_MAX_NODES } from './bulk-max-nodes.js';
import { DescribeBulk } from './describe-writes.js';
import { readNodes } from './read-nodes.js';
import { startBulk } from './start-bulk.js';

/** floLIVE's bulks (seed 002): one action on many subscribers, admitted all or none, then each carried out on its own. */
@ApiTags('floLIVE')
@Controller('api/v2/bulk/subscriber')
export class FloliveBulkController {
  private readonly resourceTypes = resourceTypeSource();

  constructor(
    @Inject(START) private readonly start: Start,
    @Inject(DATABASE) private readonly database: Database,
    @Inject(BULK_MAX_NODES) private readonly maxNodes: number,
  ) {}

  @Post('reset-activation-time')
  @WriteRoute('flolive', 'SubmitBulkJob')
  @DescribeBulk('ResetActivationTime')
  reset(@Body() body: unknown, @OriginOf() origin: Origin, @Res() reply: FastifyReply): Promise<void> {
    return this.run(resetForm, body, origin, reply);
  }

  @Put('sim-status')
  @WriteRoute('flolive', 'SubmitBulkJob')
  @DescribeBulk('ChangeSimStatus')
  changeSimStatus(@Body() body: unknown, @OriginOf() origin: Origin, @Res() reply: FastifyReply): Promise<void> {
    return this.run(simStatusForm, body, origin, reply);
  }

  @Post('offer')
  @WriteRoute('flolive', 'SubmitBulkJob')
  @DescribeBulk('AttachOffer')
  attachOffer(@Body() body: unknown, @OriginOf() origin: Origin, @Res() reply: FastifyReply): Promise<void> {
    return this.run(offerForm('AttachOffer'), body, origin, reply);
  }

  @Delete('offer')
  @WriteRoute('flolive', 'SubmitBulkJob')
  @DescribeBulk('DetachOffer')
  detachOffer(@Body() body: unknown, @OriginOf() origin: Origin, @Res() reply: FastifyReply): Promise<void> {
    return this.run(offerForm('DetachOffer'), body, origin, reply);
  }

  private async run(form: BulkForm, body: unknown, origin: Origin, reply: FastifyReply): Promise<void> {
    const nodes = readNodes(body, form, this.maxNodes);
    const types = await this.resourceTypes(this.database);
    const started = await startBulk(this.start, this.database, { form, nodes, types, ...origin });
    await sendAnswer(reply, 'failed' in started ? bulkNak(started.failed) : bulkAck(nodes, started));
  }
}
