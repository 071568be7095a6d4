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
import { CreateExternalParam, DeleteExternalParam, ModifyExternalParam } from './account-commands.js';
import { CancelBulkJob, RetryFailedItems, SubmitBulkJob } from './bulk-commands.js';
import { RequestIds } from './request-ids.js';
import { RecordPlatformResponse, RecordSimState } from './platform-messages.js';
import {
  AssignCustomProperties,
  AttachOffer,
  ChangeSimStatus,
  DetachOffer,
  ResetActivationTime,
  TransferSim,
} from './sim-commands.js';
import {
  maxTextLength,
  ResourceValue,
  SimCard,
  SubscriberReference,
  subscriberStates,
  type SubscriberState,
} from './subscriber.js';
import type { CommandService } from './topics.js';

/*
 * A mandatory attribute that has an error code of its own (seed 003: subscriber, swapResource, resource, resourceType)
 * is optional here: these classes check types, the decide functions refuse what is missing by its code.
 */

export class CreateSubscriber extends RequestIds {
  @IsString()
  @IsNotEmpty()
  @MaxLength(maxTextLength)
  externalId!: string;

  @IsString()
  @IsNotEmpty()
  @MaxLength(maxTextLength)
  accountId!: string;

  @IsOptional()
  @IsIn(subscriberStates)
  state?: SubscriberState;

  @IsOptional()
  @IsString()
  @MaxLength(32)
  platform?: string;

  @IsOptional()
  @ValidateNested()
  @Type(() => SimCard)
  sim?: SimCard;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => ResourceValue)
  resources?: ResourceValue[];
}

export class ChangeSubscriberStatus extends RequestIds {
  @IsOptional()
  @ValidateNested()
  @Type(() => SubscriberReference)
  subscriber?: SubscriberReference;

  @IsOptional()
  @IsIn(subscriberStates)
  state?: SubscriberState;
}

export class CreateSubscriberResource extends RequestIds {
  @IsOptional()
  @ValidateNested()
  @Type(() => SubscriberReference)
  subscriber?: SubscriberReference;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  resourceType?: string;

  @IsOptional()
  @IsString()
  @MaxLength(maxTextLength)
  resource?: string;
}

export class DeleteSubscriberResource extends CreateSubscriberResource {}

/** Seed 003: the old resource (`swapResource`) is no longer used and the new one (`resource`) becomes effective. */
export class SwapSubscriberResource extends CreateSubscriberResource {
  @IsOptional()
  @IsString()
  @MaxLength(maxTextLength)
  swapResource?: string;
}

/** Each command type: the class that validates it and the service that handles it. */
export const commands = {
  CreateSubscriber: { dataClass: CreateSubscriber, service: 'subscriber' },
  ChangeSubscriberStatus: { dataClass: ChangeSubscriberStatus, service: 'subscriber' },
  CreateSubscriberResource: { dataClass: CreateSubscriberResource, service: 'resource-swap' },
  DeleteSubscriberResource: { dataClass: DeleteSubscriberResource, service: 'resource-swap' },
  SwapSubscriberResource: { dataClass: SwapSubscriberResource, service: 'resource-swap' },
  AttachOffer: { dataClass: AttachOffer, service: 'subscriber' },
  DetachOffer: { dataClass: DetachOffer, service: 'subscriber' },
  ChangeSimStatus: { dataClass: ChangeSimStatus, service: 'subscriber' },
  ResetActivationTime: { dataClass: ResetActivationTime, service: 'subscriber' },
  AssignCustomProperties: { dataClass: AssignCustomProperties, service: 'subscriber' },
  TransferSim: { dataClass: TransferSim, service: 'subscriber' },
  CreateExternalParam: { dataClass: CreateExternalParam, service: 'subscriber' },
  ModifyExternalParam: { dataClass: ModifyExternalParam, service: 'subscriber' },
  DeleteExternalParam: { dataClass: DeleteExternalParam, service: 'subscriber' },
  SubmitBulkJob: { dataClass: SubmitBulkJob, service: 'bulk-jobs' },
  CancelBulkJob: { dataClass: CancelBulkJob, service: 'bulk-jobs' },
  RetryFailedItems: { dataClass: RetryFailedItems, service: 'bulk-jobs' },
  RecordPlatformResponse: { dataClass: RecordPlatformResponse, service: 'monitor' },
  RecordSimState: { dataClass: RecordSimState, service: 'monitor' },
} as const satisfies Record<string, { dataClass: new () => RequestIds; service: CommandService }>;

export type CommandName = keyof typeof commands;
/** A command's data as plain JSON; an instance of its class is one as well. */
export type CommandData<N extends CommandName> = Plain<InstanceType<(typeof commands)[N]['dataClass']>>;

/** A class of the wire as plain JSON. */
export type Plain<T> = T extends (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { [K in keyof T]: Plain<T[K]> }
    : T;

/** `SwapSubscriberResource` → `simyard.SwapSubscriberResource.v1` */
export const commandType = (name: CommandName): string => `simyard.${name}.v1`;

export function commandOfType(type: string): CommandName | undefined {
  const name = /^simyard\.(\w+)\.v1$/.exec(type)?.[1];
  return name !== undefined && Object.hasOwn(commands, name) ? (name as CommandName) : undefined;
}
