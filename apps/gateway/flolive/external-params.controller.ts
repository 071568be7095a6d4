import { Body, Controller, Delete, Get, HttpCode, HttpStatus, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { listExternalParams } from '#libs/inventory';
import type { Database } from '#libs/postgres';
import type { Write } from '../commands/plan-admission.js';
import { START, type Start } from '../commands/start.js';
import { DATABASE } from '../database.js';
import { OriginOf, type Origin } from '../http/origin.js';
import { CallerOf, expectNoBody, expectStorable, readAs, type Caller } from '../http/read-request.js';
import { WriteRoute } from '../http/write-route.js';
import { ackBody, defaultSize, pageBody, pageOf, type PageBody, type SingleBody } from './bodies.js';
import { DescribeParams } from './describe-reads.js';
import { DescribeSingle } from './describe-writes.js';
import { noError } from './flolive-errors.js';
import { NewParamRequest, ParamRequest, readPage } from './requests.js';
import { singleWrite } from './single-write.js';

interface ParamPath {
  customerId: string;
  instanceId: string;
}

/** Names and values of the caller's own that a customer, which is an account of the client's tree, carries. */
@ApiTags('floLIVE')
@Controller('api/v2/customer/:customerId/external-params')
export class FloliveExternalParamsController {
  constructor(
    @Inject(START) private readonly start: Start,
    @Inject(DATABASE) private readonly database: Database,
  ) {}

  @Get()
  @DescribeParams()
  async list(
    @Param('customerId') accountId: string,
    @Query() query: unknown,
    @CallerOf() { client }: Caller,
  ): Promise<PageBody<object>> {
    const { page, size = defaultSize } = readPage(query);
    expectStorable(accountId);
    const { params, total } = await listExternalParams(this.database, client, accountId, { page, size });
    const content = params.map(({ instanceId, name, value }) => ({ instanceId, name, value }));
    return pageBody(noError, content, pageOf(page, size, total));
  }

  @Post()
  @HttpCode(HttpStatus.OK)
  @WriteRoute('flolive', 'CreateExternalParam')
  @DescribeSingle('CreateExternalParam')
  create(
    @Param('customerId') accountId: string,
    @Body() body: unknown,
    @OriginOf() origin: Origin,
  ): Promise<SingleBody> {
    const { name, value } = readAs(NewParamRequest, body);
    return this.ack(singleWrite('CreateExternalParam', { accountId, name, value }, accountId, origin));
  }

  @Put(':instanceId')
  @WriteRoute('flolive', 'ModifyExternalParam')
  @DescribeSingle('ModifyExternalParam')
  modify(
    @Param() { customerId: accountId, instanceId }: ParamPath,
    @Body() body: unknown,
    @OriginOf() origin: Origin,
  ): Promise<SingleBody> {
    const { name, value } = readAs(ParamRequest, body);
    const data = { accountId, instanceId, value, ...(name !== undefined && { name }) };
    return this.ack(singleWrite('ModifyExternalParam', data, accountId, origin));
  }

  @Delete(':instanceId')
  @WriteRoute('flolive', 'DeleteExternalParam')
  @DescribeSingle('DeleteExternalParam')
  remove(
    @Param() { customerId: accountId, instanceId }: ParamPath,
    @Body() body: unknown,
    @OriginOf() origin: Origin,
  ): Promise<SingleBody> {
    expectNoBody(body);
    return this.ack(singleWrite('DeleteExternalParam', { accountId, instanceId }, accountId, origin));
  }

  private async ack(write: Write): Promise<SingleBody> {
    return ackBody((await this.start(write)).operationId);
  }
}
