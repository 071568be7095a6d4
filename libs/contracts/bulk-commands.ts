import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { RequestIds } from './request-ids.js';
import { maxTextLength } from './subscriber.js';

/** Commands that a bulk job may run, one an item. */
export const bulkActions = [
  'AttachOffer',
  'DetachOffer',
  'ChangeSimStatus',
  'ResetActivationTime',
  'AssignCustomProperties',
  'TransferSim',
  'ChangeSubscriberStatus',
  'CreateSubscriberResource',
  'DeleteSubscriberResource',
  'SwapSubscriberResource',
] as const;
export type BulkAction = (typeof bulkActions)[number];

/** Items of one command; a larger job is uploaded to the REST gateway as CSV or NDJSON. */
export const maxInlineItems = 5000;

export class BulkItem {
  /** the caller's identifier of the item in the report; its position (from 1) when left out */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(maxTextLength)
  key?: string;

  /** data of the action's command; one that does not fit fails alone */
  @IsObject()
  data!: Record<string, unknown>;
}

/**
 * Starts a bulk job, known by this command's operation id. The outcome is ACCEPTED, and COMPLETED or FAILED once each item
 * has ended. Items are left out only by the gateway, which has stored them before.
 */
export class SubmitBulkJob extends RequestIds {
  @IsIn(bulkActions)
  action!: BulkAction;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(maxInlineItems)
  @ValidateNested({ each: true })
  @Type(() => BulkItem)
  items?: BulkItem[];

  /** validates every item as its service would, and changes nothing */
  @IsOptional()
  @IsBoolean()
  dryRun?: boolean;
}

/** Items that have not been sent yet are CANCELLED; those in flight come to their own end. */
export class CancelBulkJob extends RequestIds {
  @IsUUID()
  jobId!: string;
}

/** Starts a new job of the failed items of one that has ended. */
export class RetryFailedItems extends RequestIds {
  @IsUUID()
  jobId!: string;
}
