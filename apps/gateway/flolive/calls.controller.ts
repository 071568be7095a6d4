import { Controller, Get, HttpStatus, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import type { FastifyReply } from 'fastify';
import type { Database } from '#libs/postgres';
import { DATABASE } from '../database.js';
import { sendAnswer, type Answer } from '../http/answer.js';
import { CallerOf, type Caller } from '../http/read-request.js';
import { onePage, pageBody, pageOf, refusalBody } from './bodies.js';
import { BULK_MAX_NODES } from './bulk-max-nodes.js';
import { DescribeCall, DescribeCallV3 } from './describe-calls.js';
import { findBulkCall, findCall } from './find-call.js';
import { unknownCall } from './flolive-errors.js';
import { readPage } from './requests.js';

/** How far calls are, whichever facade started them: those of the client's account tree, others do not exist. */
@ApiTags('floLIVE')
@ApiParam({ name: 'requestId', description: 'From an ACK, or from the Link of a lock', format: 'uuid' })
@Controller('api')
export class FloliveCallsController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(BULK_MAX_NODES) private readonly mostNodes: number,
  ) {}

  @Get('v2/global/call/:requestId')
  @DescribeCall()
  async call(
    @Param('requestId') requestId: string,
    @CallerOf() { client }: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const call = isUUID(requestId) ? await findCall(this.database, client.accountId, requestId) : undefined;
    await sendAnswer(reply, call ? ok(pageBody(call.error, [{ status: call.status }], onePage(1))) : nowhere);
  }

  @Get('v3/global/call/:requestId')
  @DescribeCallV3()
  async callOrBulk(
    @Param('requestId') requestId: string,
    @Query() query: unknown,
    @CallerOf() { client }: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const asked = { ...readPage(query), mostNodes: this.mostNodes };
    const answer = isUUID(requestId) ? await this.bulkOrCall(client.accountId, requestId, asked) : undefined;
    await sendAnswer(reply, answer ?? nowhere);
  }

  private async bulkOrCall(
    accountId: string,
    requestId: string,
    asked: Parameters<typeof findBulkCall>[3],
  ): Promise<Answer | undefined> {
    const bulk = await findBulkCall(this.database, accountId, requestId, asked);
    if (bulk) return ok(pageBody(bulk.call.error, bulk.nodes, pageOf(bulk.page, bulk.size, bulk.total)));
    const call = await findCall(this.database, accountId, requestId);
    return call && ok(pageBody(call.error, [{ requestId, status: call.status }], onePage(1)));
  }
}

const ok = (body: unknown): Answer => ({ status: HttpStatus.OK, body });
const nowhere: Answer = { status: HttpStatus.NOT_FOUND, body: refusalBody(unknownCall) };
