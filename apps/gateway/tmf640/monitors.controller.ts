import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SimyardError } from '#libs/errors';
import type { Database } from '#libs/postgres';
import {
  listServiceMonitors,
  readServiceMonitor,
  serviceMonitorBody,
  servicePrefix,
  statusesOfMonitors,
  type ServiceMonitorBody,
} from '#libs/services';
import { DATABASE } from '../database.js';
import { CallerOf, readQuery, type Caller } from '../http/read-request.js';
import { DescribeServiceMonitor, DescribeServiceMonitors } from './describe-monitors.js';
import { MonitorsQuery } from './monitors-query.js';
import { pageOf, sendPage } from './page.js';
import { Tmf640Url } from './tmf640-url.js';

/** How far operations are that the client's account tree has asked for; others do not exist. */
@ApiTags('TMF640')
@Controller(`${servicePrefix}/monitor`)
export class ServiceMonitorsController {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  @Get()
  @DescribeServiceMonitors()
  async list(
    @Query() parameters: unknown,
    @CallerOf() { client }: Caller,
    @Tmf640Url() url: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = readQuery(MonitorsQuery, parameters);
    const page = pageOf(query);
    const statuses = query.state ? statusesOfMonitors(query.state) : null;
    const { monitors, total } = await listServiceMonitors(this.database, client.accountId, { ...page, statuses });
    await sendPage(reply, request, {
      ...{ ...page, total },
      bodies: monitors.map((monitor) => serviceMonitorBody(monitor, url)),
    });
  }

  @Get(':id')
  @DescribeServiceMonitor()
  async one(
    @Param('id') id: string,
    @CallerOf() { client }: Caller,
    @Tmf640Url() url: string,
  ): Promise<ServiceMonitorBody> {
    const monitor = isUUID(id) ? await readServiceMonitor(this.database, client.accountId, id) : undefined;
    if (!monitor) throw new SimyardError('MONITOR_NOT_FOUND');
    return serviceMonitorBody(monitor, url);
  }
}
