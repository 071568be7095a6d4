import { Get, Inject, Param, Query } from '@nestjs/common';
import { SimyardError } from '#libs/errors';
import { listMonitors, monitorBody, readMonitor } from '#libs/monitors';
import type { Database } from '#libs/postgres';
import { DATABASE } from '../../database.js';
import { FieldsQuery } from '../../http/fields.js';
import { CallerOf, expectStorable, readQuery, type Caller } from '../../http/read-request.js';
import { CmoController } from '../cmo-controller.js';
import { CmoUrl } from '../cmo-url.js';
import { productPage } from '../products/products-query.js';
import { DescribeMonitor, DescribeMonitors } from './describe-monitors.js';
import { fieldsOf, MonitorsQuery, toMonitorFilter } from './monitors-query.js';

/** How far changes are: those that the client's account tree has asked for, others do not exist. */
@CmoController('monitor')
export class MonitorsController {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  @Get()
  @DescribeMonitors()
  async list(@Query() parameters: unknown, @CallerOf() { client }: Caller, @CmoUrl() url: string): Promise<unknown> {
    const query = readQuery(MonitorsQuery, parameters);
    const shown = fieldsOf(query);
    const filter = toMonitorFilter(query);
    const { monitors, total } = await listMonitors(this.database, client.accountId, filter);
    return productPage(
      filter,
      monitors.map((monitor) => shown(monitorBody(monitor, url))),
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
    const shown = fieldsOf(readQuery(FieldsQuery, parameters));
    const monitor = await readMonitor(this.database, client.accountId, monitorId);
    if (!monitor) throw new SimyardError('MONITOR_NOT_FOUND');
    return shown(monitorBody(monitor, url));
  }
}
