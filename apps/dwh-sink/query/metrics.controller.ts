import { Controller, Get, Inject, Query } from '@nestjs/common';
import { CurrentClient, type ApiClient } from '#libs/access';
import { SimyardError } from '#libs/errors';
import { readMetrics, type MetricRow } from './metric.sql.js';
import { MetricsQuery, read, refuse } from './requests.js';
import { WAREHOUSE, type Warehouse } from './warehouse.js';

const longestRangeMs = 31 * 24 * 3_600_000;

/** Hourly counts of a tenant. They are not kept per account, so only clients of the root account may read them. */
@Controller('dwh/v1/metrics')
export class MetricsController {
  constructor(@Inject(WAREHOUSE) private readonly warehouse: Warehouse) {}

  @Get()
  async hourly(@CurrentClient() client: ApiClient, @Query() parameters: unknown): Promise<{ items: MetricRow[] }> {
    const { from, to, type, tenant } = read(MetricsQuery, parameters);
    if (from >= to) throw refuse('to', 'must be after from');
    if (to.getTime() - from.getTime() > longestRangeMs) throw refuse('to', 'must be at most 31 days after from');
    const { tenantId } = client;
    if (tenant !== undefined && tenant !== tenantId) throw new SimyardError('NOT_FOUND');
    if (client.accountId !== tenantId) throw new SimyardError('FORBIDDEN');
    return { items: await readMetrics(this.warehouse.dwh, { tenantId, from, to, type }) };
  }
}
