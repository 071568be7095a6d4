import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import { SimyardError } from '#libs/errors';
import { listOperations, readOperation } from '#libs/operations';
import type { Database } from '#libs/postgres';
import { DATABASE } from '../database.js';
import { CallerOf, readQuery, type Caller } from '../http/read-request.js';
import { DescribeOperation, DescribeOperations } from './describe-operations.js';
import { operationView, summaryView } from './operation-view.js';
import { OperationsQuery, toFilter } from './operations-query.js';

/** Operations of the client's account tree, from wherever their commands came; others do not exist. */
@ApiTags('Operations')
@Controller('admin/v1/operations')
export class OperationsController {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  @Get()
  @DescribeOperations()
  async list(@Query() parameters: unknown, @CallerOf() { client }: Caller): Promise<unknown> {
    const filter = toFilter(readQuery(OperationsQuery, parameters), new Date());
    const rows = await listOperations(this.database, client.accountId, { ...filter, limit: filter.limit + 1 });
    const page = rows.slice(0, filter.limit);
    const last = rows.length > page.length ? page.at(-1) : undefined;
    return { operations: page.map(summaryView), ...(last && { nextCursor: last.operationId }) };
  }

  @Get(':operationId')
  @ApiParam({ name: 'operationId', description: 'From Location, or from the business transaction', format: 'uuid' })
  @DescribeOperation()
  async one(@Param('operationId') operationId: string, @CallerOf() { client }: Caller): Promise<unknown> {
    const operation = isUUID(operationId)
      ? await readOperation(this.database, client.accountId, operationId)
      : undefined;
    if (!operation) throw new SimyardError('NOT_FOUND', { message: 'The operation does not exist.' });
    return operationView(operation);
  }
}
