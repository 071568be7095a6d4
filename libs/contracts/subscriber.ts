import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsIn, IsNotEmpty, IsOptional, IsString, IsUUID, MaxLength, ValidateNested } from 'class-validator';

/** OCS's subscriber states. */
export const subscriberStates = ['Active', 'Suspended', 'Inactive', 'Deactivated'] as const;
export type SubscriberState = (typeof subscriberStates)[number];

export const simStatuses = ['ACTIVE', 'INACTIVE', 'SUSPENDED', 'TERMINATED'] as const;
export type SimStatus = (typeof simStatuses)[number];

/** Longest identifier, name or reference that a request may carry, in characters. */
export const maxTextLength = 255;

/** A resource that identifies a subscriber, e.g. `{ type: 'MSISDN', value: '18685550101' }`. */
export class ResourceValue {
  @IsString()
  @IsNotEmpty()
  @MaxLength(64)
  type!: string;

  @IsString()
  @IsNotEmpty()
  @MaxLength(maxTextLength)
  value!: string;
}

/** Names a subscriber by one of Simyard's id, the caller's id, or an identifier; the first one given counts. */
export class SubscriberReference {
  @IsOptional()
  @IsUUID()
  refId?: string;

  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(maxTextLength)
  externalId?: string;

  @IsOptional()
  @ValidateNested()
  @Type(() => ResourceValue)
  identifier?: ResourceValue;
}

export class SimCard {
  @IsString()
  @MaxLength(32)
  iccid!: string;

  @IsOptional()
  @IsString()
  @MaxLength(32)
  imsi?: string;

  @IsOptional()
  @IsIn(simStatuses)
  status?: SimStatus;
}
