import { Body, Controller, Delete, Get, Inject, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { readResources, resourceTypeSource } from '#libs/inventory';
import type { Database } from '#libs/postgres';
import { SUBMIT, type Submit } from '../commands/submit.js';
import { DATABASE } from '../database.js';
import { sendAnswer } from '../http/answer.js';
import { CallerOf, readQuery, type Caller } from '../http/read-request.js';
import { WriteRoute } from '../http/write-route.js';
import { DescribeResources } from './describe-resources.js';
import { DescribeWrite } from './describe-write.js';
import { ocsAnswer } from './ocs-answer.js';
import type { OcsCommand } from './ocs-command.js';
import { readWrite } from './read-write.js';
import { resourcePage, ResourcesQuery, toResourceRead } from './resources-query.js';

/** OCS: subscribers and the resources that identify them (seed 003; paths but the swap's are ours). */
@ApiTags('OCS')
@Controller('v1/casm/subscribers')
export class OcsController {
  private readonly resourceTypes = resourceTypeSource();

  constructor(
    @Inject(SUBMIT) private readonly submit: Submit,
    @Inject(DATABASE) private readonly database: Database,
  ) {}

  @Post('resources/swap')
  @WriteRoute('ocs', 'SwapSubscriberResource')
  @DescribeWrite('SwapSubscriberResource')
  swap(@Body() body: unknown, @CallerOf() caller: Caller, @Res() reply: FastifyReply): Promise<void> {
    return this.write('SwapSubscriberResource', body, caller, reply);
  }

  @Post('resources')
  @WriteRoute('ocs', 'CreateSubscriberResource')
  @DescribeWrite('CreateSubscriberResource')
  createResource(@Body() body: unknown, @CallerOf() caller: Caller, @Res() reply: FastifyReply): Promise<void> {
    return this.write('CreateSubscriberResource', body, caller, reply);
  }

  @Delete('resources')
  @WriteRoute('ocs', 'DeleteSubscriberResource')
  @DescribeWrite('DeleteSubscriberResource')
  deleteResource(@Body() body: unknown, @CallerOf() caller: Caller, @Res() reply: FastifyReply): Promise<void> {
    return this.write('DeleteSubscriberResource', body, caller, reply);
  }

  @Post()
  @WriteRoute('ocs', 'CreateSubscriber')
  @DescribeWrite('CreateSubscriber')
  createSubscriber(@Body() body: unknown, @CallerOf() caller: Caller, @Res() reply: FastifyReply): Promise<void> {
    return this.write('CreateSubscriber', body, caller, reply);
  }

  @Post('status')
  @WriteRoute('ocs', 'ChangeSubscriberStatus')
  @DescribeWrite('ChangeSubscriberStatus')
  changeStatus(@Body() body: unknown, @CallerOf() caller: Caller, @Res() reply: FastifyReply): Promise<void> {
    return this.write('ChangeSubscriberStatus', body, caller, reply);
  }

  @Get('resources')
  @DescribeResources()
  async resources(@Query() parameters: unknown, @CallerOf() { client }: Caller): Promise<unknown> {
    const read = toResourceRead(readQuery(ResourcesQuery, parameters));
    const types = await this.resourceTypes(this.database);
    return resourcePage(read, await readResources(this.database, types, client, read));
  }

  private async write(name: OcsCommand, body: unknown, caller: Caller, reply: FastifyReply): Promise<void> {
    await sendAnswer(reply, ocsAnswer(await this.submit(readWrite(name, body, caller))));
  }
}
