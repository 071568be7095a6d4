import { IsIn, IsOptional, IsUUID, Matches } from 'class-validator';
import { deliveryStates, type DeliveryFilter, type DeliveryState } from '#libs/callbacks';

const defaultLimit = 50;

/** Query of GET /admin/v1/callbacks. */
export class CallbacksQuery {
  @IsOptional()
  @IsIn(deliveryStates)
  state?: DeliveryState;

  @IsOptional()
  @IsUUID()
  operationId?: string;

  /** `nextCursor` of the page before */
  @IsOptional()
  @IsUUID()
  cursor?: string;

  /** rows of a page, 50 by default */
  @IsOptional()
  @Matches(/^([1-9]\d?|1\d\d|200)$/, { message: 'limit must be a whole number from 1 to 200' })
  limit?: string;
}

export const toDeliveryFilter = ({ state, operationId, cursor, limit }: CallbacksQuery): DeliveryFilter => ({
  ...(state && { state }),
  ...(operationId !== undefined && { operationId }),
  ...(cursor !== undefined && { before: cursor }),
  limit: Number(limit ?? defaultLimit),
});
