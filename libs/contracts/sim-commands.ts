import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsNotEmpty,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { CustomProperty, maxCustomProperties, maxPropertyName } from './platform-messages.js';
import { RequestIds } from './request-ids.js';
import { maxTextLength, simStatuses, SubscriberReference, type SimStatus } from './subscriber.js';

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

  /** refused unless the SIM has one of these, e.g. to resume what is SUSPENDED and nothing else; any when left out */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(simStatuses.length)
  @IsIn(simStatuses, { each: true })
  from?: SimStatus[];
}

/** Seed 002: the SIM's first activation is forgotten; its next one is the first again. */
export class ResetActivationTime extends OfSubscriber {}

/** Custom properties of the SIM of a subscriber: those in `set` get these values, those in `remove` go, the others stay. */
export class AssignCustomProperties extends OfSubscriber {
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(maxCustomProperties)
  @ValidateNested({ each: true })
  @Type(() => CustomProperty)
  set?: CustomProperty[];

  /** names; one that the SIM does not have is no error */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(maxCustomProperties)
  @IsString({ each: true })
  @MaxLength(maxPropertyName, { each: true })
  remove?: string[];
}

/** The subscriber and his SIM go to another account of the tenant. */
export class TransferSim extends OfSubscriber {
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(maxTextLength)
  accountId?: string;
}
