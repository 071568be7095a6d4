import { Controller, Get, Inject, Query } from '@nestjs/common';
import { CurrentClient, type ApiClient } from '#libs/access';
import { readTransactionGaps, readVersionGaps, type TransactionGap, type VersionGap } from '../gaps/gaps.sql.js';
import { GapsQuery, read } from './requests.js';
import { viewOf } from './view.js';
import { WAREHOUSE, type Warehouse } from './warehouse.js';

/** What the warehouse knows to be missing; an entry is there as long as it is open. */
@Controller('dwh/v1/gaps')
export class GapsController {
  constructor(@Inject(WAREHOUSE) private readonly warehouse: Warehouse) {}

  @Get()
  async open(
    @CurrentClient() client: ApiClient,
    @Query() parameters: unknown,
  ): Promise<{ items: (VersionGap | TransactionGap)[]; more: boolean }> {
    const { limit } = read(GapsQuery, parameters);
    const { dwh, main, gapGraceMs } = this.warehouse;
    const view = await viewOf(main, client);
    const [versions, transactions] = await Promise.all([
      readVersionGaps(dwh, view, limit + 1),
      readTransactionGaps(dwh, view, gapGraceMs, limit + 1),
    ]);
    const oldestFirst = [...versions, ...transactions].sort((a, b) => a.since.getTime() - b.since.getTime());
    return { items: oldestFirst.slice(0, limit), more: oldestFirst.length > limit };
  }
}
