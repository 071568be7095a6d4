import { Get, Inject, Param, Query } from '@nestjs/common';
import { SimyardError } from '#libs/errors';
import { listMonitors, monitorBody, readMonitor } from '#libs/monitors';
import type { Database } from '#libs/postgres';
import { DATABASE } from '../../database.js';
import { CallerOf, expectStorable, readQuery, type Caller } from '../../http/read-request.js';
import { CmoController } from '../cmo-controller.js';
import { CmoUrl } from '../cmo-url.js';
import { productPage } from '../products/products-query.js';
import { DescribeMonitor, DescribeMonitors } from './describe-monitors.js';
import { monitorFields, MonitorQuery, MonitorsQuery, toMonitorFilter } from './monitors-query.js';

/** How far changes are: those that the client's account tree has asked for, others do not exist. */
@CmoController('monitor')
export class MonitorsController {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  @Get()
  @DescribeMonitors()
  async list(@Query() parameters: unknown, @CallerOf() { client }: Caller, @CmoUrl() url: string): Promise<unknown> {
    const query = readQuery(MonitorsQuery, parameters);
    const fieldsOf = monitorFields(query);
    const filter = toMonitorFilter(query);
    const { monitors, total } = await listMonitors(this.database, client.accountId, filter);
    return productPage(
      filter,
      monitors.map((monitor) => fieldsOf(monitorBody(monitor, url))),
      total,
    );
  }

  @Get(':monitorId')
  @DescribeMonitor()
  async one(
    @Param('monitorId') monitorId: string,
    @Query() parameters: unknown,
    @CallerOf() { client }: Caller,
    @CmoUrl() url: string,
  ): Promise<unknown> {
    expectStorable(monitorId);
    const fieldsOf = monitorFields(readQuery(MonitorQuery, parameters));
    const monitor = await readMonitor(this.database, client.accountId, monitorId);
    if (!monitor) throw new SimyardError('MONITOR_NOT_FOUND');
    return fieldsOf(monitorBody(monitor, url));
  }
}
