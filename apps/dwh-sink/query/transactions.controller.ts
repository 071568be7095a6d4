import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { CurrentClient, type ApiClient } from '#libs/access';
import { SimyardError } from '#libs/errors';
import { readChangesOf } from './entity.sql.js';
import { ChangesQuery, read, TransactionPath } from './requests.js';
import { readTransaction } from './transaction.sql.js';
import { viewOf } from './view.js';
import { pageOf, WAREHOUSE, type Warehouse } from './warehouse.js';

/** A business transaction with those of its changes that the client may see; absent when there is none of them. */
@Controller('dwh/v1/business-transactions')
export class TransactionsController {
  constructor(@Inject(WAREHOUSE) private readonly warehouse: Warehouse) {}

  @Get(':id')
  async one(@CurrentClient() client: ApiClient, @Param() path: unknown, @Query() parameters: unknown) {
    const { id } = read(TransactionPath, path);
    const { after, limit } = read(ChangesQuery, parameters);
    const { dwh, main } = this.warehouse;
    const view = await viewOf(main, client);
    const [transaction, changes] = await Promise.all([
      readTransaction(dwh, view.tenantId, id),
      readChangesOf(dwh, view, id, { after, limit: limit + 1 }),
    ]);
    if (!transaction || (changes.length === 0 && after === 0)) throw new SimyardError('NOT_FOUND');
    const { items, next } = pageOf(changes, limit, (last) => last.sequence);
    return { ...transaction, changes: items, next };
  }
}
