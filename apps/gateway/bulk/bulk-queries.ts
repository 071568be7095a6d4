import { IsIn, IsOptional, IsUUID, Matches } from 'class-validator';
import { itemStatuses, type ItemFilter, type ItemStatus, type JobFilter } from '#libs/bulk';
import { bulkActions, type BulkAction } from '#libs/contracts';
import { operationStatuses, type OperationStatus } from '#libs/operations';

const defaultLimit = 50;
const pageSize = { pattern: /^([1-9]\d?|1\d\d|200)$/, message: 'limit must be a whole number from 1 to 200' };
const itemPageSize = { pattern: /^([1-9]\d{0,2}|1000)$/, message: 'limit must be a whole number from 1 to 1000' };

/** Query of an upload to POST /admin/v1/bulk-jobs. */
export class UploadQuery {
  @IsIn(bulkActions)
  action!: BulkAction;

  @IsOptional()
  @IsIn(['true', 'false'])
  dryRun?: string;
}

/** Query of GET /admin/v1/bulk-jobs. */
export class JobsQuery {
  @IsOptional()
  @IsIn(operationStatuses)
  status?: OperationStatus;

  @IsOptional()
  @IsIn(bulkActions)
  action?: BulkAction;

  /** `nextCursor` of the page before */
  @IsOptional()
  @IsUUID()
  cursor?: string;

  /** rows of a page, 50 by default */
  @IsOptional()
  @Matches(pageSize.pattern, { message: pageSize.message })
  limit?: string;
}

/** Query of GET …/{jobId}/items. */
export class ItemsQuery {
  @IsOptional()
  @IsIn(itemStatuses)
  status?: ItemStatus;

  /** `nextCursor` of the page before */
  @IsOptional()
  @Matches(/^\d{1,9}$/, { message: 'cursor must be the nextCursor of a page' })
  cursor?: string;

  /** rows of a page, 50 by default */
  @IsOptional()
  @Matches(itemPageSize.pattern, { message: itemPageSize.message })
  limit?: string;
}

/** Query of GET …/{jobId}/results.csv. */
export class ResultsQuery {
  @IsOptional()
  @IsIn(itemStatuses)
  status?: ItemStatus;
}

export function toJobFilter({ cursor, limit, ...equal }: JobsQuery): JobFilter {
  return { ...equal, limit: Number(limit ?? defaultLimit), ...(cursor !== undefined && { before: cursor }) };
}

export function toItemFilter({ status, cursor, limit }: ItemsQuery): ItemFilter {
  return { after: Number(cursor ?? 0), limit: Number(limit ?? defaultLimit), ...(status && { status }) };
}
