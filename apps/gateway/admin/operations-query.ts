import { IsIn, IsNotEmpty, IsOptional, IsRFC3339, IsString, IsUUID, Matches, MaxLength } from 'class-validator';
import { maxTextLength } from '#libs/contracts';
import { SimyardError } from '#libs/errors';
import { operationStatuses, type OperationFilter, type OperationStatus } from '#libs/operations';

const day = 86_400_000;
const defaultDays = 7;
const defaultLimit = 50;

/** Query of GET /admin/v1/operations. */
export class OperationsQuery {
  @IsOptional()
  @IsIn(operationStatuses)
  status?: OperationStatus;

  /** name of the command, e.g. `SwapSubscriberResource` */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(maxTextLength)
  action?: string;

  /** `ocs`, or `kafka` for commands that came from there */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(maxTextLength)
  facade?: string;

  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(maxTextLength)
  requestId?: string;

  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(maxTextLength)
  correlationId?: string;

  /** accepted at or after; seven days before `to` when absent */
  @IsOptional()
  @IsRFC3339()
  from?: string;

  /** accepted before; now when absent */
  @IsOptional()
  @IsRFC3339()
  to?: string;

  /** `nextCursor` of the page before */
  @IsOptional()
  @IsUUID()
  cursor?: string;

  /** rows of a page, 50 by default */
  @IsOptional()
  @Matches(/^([1-9]\d?|1\d\d|200)$/, { message: 'limit must be a whole number from 1 to 200' })
  limit?: string;
}

export function toFilter(query: OperationsQuery, now: Date): OperationFilter {
  const { from, to, cursor, limit, ...equal } = query;
  // A moment later than now, as ids of this millisecond belong to it.
  const until = to === undefined ? new Date(now.getTime() + 1000) : toDate('to', to);
  const since = from === undefined ? new Date(until.getTime() - defaultDays * day) : toDate('from', from);
  return { ...equal, from: since, to: until, limit: Number(limit ?? defaultLimit), ...(cursor && { before: cursor }) };
}

/** A time within the range of operation ids; RFC 3339 has days and years that no Date has. */
function toDate(field: string, text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime()) || date.getTime() < 0) {
    throw new SimyardError('REQUEST_INVALID', { details: { problems: [{ field, problem: `${field} is no time` }] } });
  }
  return date;
}
