import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { CurrentClient, type ApiClient } from '#libs/access';
import { SimyardError } from '#libs/errors';
import {
  findByCorrelation,
  findByResource,
  readAsOf,
  readHistory,
  readLatest,
  type ChangeRow,
  type EntityName,
  type EntityPage,
  type EntityRow,
} from './entity.sql.js';
import { EntityPath, EntityQuery, HistoryQuery, read, refuse, SearchQuery } from './requests.js';
import { viewOf, type View } from './view.js';
import { pageOf, WAREHOUSE, type Warehouse } from './warehouse.js';

/** Entities as they are, as they were, and how they came to be so. What the client may not see is absent. */
@Controller('dwh/v1/entities')
export class EntitiesController {
  constructor(@Inject(WAREHOUSE) private readonly warehouse: Warehouse) {}

  @Get()
  async search(@CurrentClient() client: ApiClient, @Query() parameters: unknown) {
    const query = read(SearchQuery, parameters);
    const view = await viewOf(this.warehouse.main, client);
    const page = { after: nameOf(query.after), limit: query.limit + 1 };
    const rows = await this.find(view, query, page);
    return pageOf(rows, query.limit, (last) => `${last.entityType}/${last.entityId}`);
  }

  @Get(':entityType/:entityId')
  async one(
    @CurrentClient() client: ApiClient,
    @Param() path: unknown,
    @Query() parameters: unknown,
  ): Promise<EntityRow> {
    const entity = read(EntityPath, path);
    const { asOf } = read(EntityQuery, parameters);
    const view = await viewOf(this.warehouse.main, client);
    const { dwh } = this.warehouse;
    const row = await (asOf ? readAsOf(dwh, view, entity, asOf) : readLatest(dwh, view, entity));
    if (!row) throw new SimyardError('NOT_FOUND');
    return row;
  }

  @Get(':entityType/:entityId/history')
  async history(@CurrentClient() client: ApiClient, @Param() path: unknown, @Query() parameters: unknown) {
    const entity = read(EntityPath, path);
    const { after, limit } = read(HistoryQuery, parameters);
    const view = await viewOf(this.warehouse.main, client);
    const rows = await readHistory(this.warehouse.dwh, view, entity, { after, limit: limit + 1 });
    // The first page of what was ever visible has a row; later ones may be empty.
    if (rows.length === 0 && after === 0) throw new SimyardError('NOT_FOUND');
    return pageOf<ChangeRow, number>(rows, limit, (last) => last.version);
  }

  private find(view: View, query: SearchQuery, page: EntityPage): Promise<EntityRow[]> {
    const { correlationId, resourceType: type, resourceValue: value } = query;
    if (correlationId === undefined) {
      if (type === undefined || value === undefined) throw refuse('correlationId', 'or a resource must be given');
      return findByResource(this.warehouse.dwh, view, { type, value }, page);
    }
    if (type !== undefined || value !== undefined) throw refuse('correlationId', 'cannot be given with a resource');
    return findByCorrelation(this.warehouse.dwh, view, correlationId, page);
  }
}

function nameOf(cursor: string | undefined): EntityName | undefined {
  if (cursor === undefined) return undefined;
  const slash = cursor.indexOf('/');
  return { entityType: cursor.slice(0, slash), entityId: cursor.slice(slash + 1) };
}
