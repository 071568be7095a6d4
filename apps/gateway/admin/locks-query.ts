import { IsIn, IsNotEmpty, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { maxTextLength } from '#libs/contracts';
import { SimyardError } from '#libs/errors';
import type { LockEntity, LockFilter } from '#libs/locks';

export const lockEntityTypes = ['Subscriber', 'Account', 'SIM'] as const satisfies LockEntity['type'][];

const defaultLimit = 50;
const fencingToken = /^[1-9]\d{0,17}$/;

export const isFencingToken = (text: string): boolean => fencingToken.test(text);

/** Query of GET /admin/v1/locks. */
export class LocksQuery {
  /** username of who holds it */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(maxTextLength)
  user?: string;

  /** name of the command, e.g. `AttachOffer` */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(maxTextLength)
  action?: string;

  @IsOptional()
  @IsIn(lockEntityTypes)
  entityType?: LockEntity['type'];

  /** with entityType: Simyard's id of the subscriber, or the account's */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(maxTextLength)
  entityId?: string;

  /** `nextCursor` of the page before */
  @IsOptional()
  @Matches(fencingToken, { message: 'cursor must be that of a page before' })
  cursor?: string;

  /** rows of a page, 50 by default */
  @IsOptional()
  @Matches(/^([1-9]\d?|1\d\d|200)$/, { message: 'limit must be a whole number from 1 to 200' })
  limit?: string;
}

export function toLockFilter({ user, action, entityType, entityId, cursor, limit }: LocksQuery): LockFilter {
  if ((entityType === undefined) !== (entityId === undefined)) {
    throw new SimyardError('REQUEST_INVALID', { message: 'entityType and entityId must be given together.' });
  }
  return {
    ...(user !== undefined && { username: user }),
    ...(action !== undefined && { action }),
    ...(entityType !== undefined && entityId !== undefined && { entity: { type: entityType, id: entityId } }),
    ...(cursor !== undefined && { before: cursor }),
    limit: Number(limit ?? defaultLimit),
  };
}

/** Query of DELETE /admin/v1/locks/{fencingToken}. */
export class BreakQuery {
  /** is kept with who did it */
  @IsString()
  @IsNotEmpty()
  @MaxLength(maxTextLength)
  reason!: string;
}
