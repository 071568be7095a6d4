import { Type } from 'class-transformer';
import { IsIn, IsNotEmpty, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { RequestIds } from './request-ids.js';
import { simStatuses, SubscriberReference, type SimStatus } from './subscriber.js';

/** Longest id of an offer, in characters. */
export const maxOfferIdLength = 64;

/** What commands on one subscriber share; who leaves the subscriber out is REJECTED, not dead-lettered. */
export class OfSubscriber extends RequestIds {
  @IsOptional()
  @ValidateNested()
  @Type(() => SubscriberReference)
  subscriber?: SubscriberReference;
}

export class AttachOffer extends OfSubscriber {
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(maxOfferIdLength)
  offerId?: string;
}

export class DetachOffer extends AttachOffer {}

/** The SIM of the subscriber gets the status, and the subscriber the state that belongs to it (docs/states.md). */
export class ChangeSimStatus extends OfSubscriber {
  @IsOptional()
  @IsIn(simStatuses)
  status?: SimStatus;
}

/** Seed 002: the SIM's first activation is forgotten; its next one is the first again. */
export class ResetActivationTime extends OfSubscriber {}
