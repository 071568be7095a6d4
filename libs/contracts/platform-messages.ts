import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { RequestIds } from './request-ids.js';
import { maxTextLength, simStatuses, type SimStatus } from './subscriber.js';

/** CloudEvents type of a message on the platform-requests topics. */
export const platformRequestType = 'simyard.PlatformRequest.v1';

/** What can be changed of a SIM at its platform. `account` is the transfer. */
export const changeKinds = ['status', 'account', 'custom-properties'] as const;
export type ChangeKind = (typeof changeKinds)[number];

/** Most custom properties of a SIM. */
export const maxCustomProperties = 100;
/** Longest name and value of a custom property, in characters. */
export const maxPropertyName = 100;
export const maxPropertyValue = 1000;
/** Longest name of a platform, in characters. */
export const maxPlatformName = 32;
/** Longest ICCID, in characters. */
const maxIccid = 32;

/** A name and a value that an operator keeps with a SIM, e.g. `MyFavoriteColour`, `Blue`. */
export class CustomProperty {
  @IsString()
  @IsNotEmpty()
  @MaxLength(maxPropertyName)
  name!: string;

  @IsString()
  @MaxLength(maxPropertyValue)
  value!: string;
}

/** A change of a SIM that a platform is to carry out: beside its kind, what the kind needs. */
export class PlatformChange {
  @IsIn(changeKinds)
  kind!: ChangeKind;

  @IsOptional()
  @IsIn(simStatuses)
  status?: SimStatus;

  /** Simyard's account that is to have the SIM */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(maxTextLength)
  account?: string;

  /** all that the SIM is to have */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(maxCustomProperties)
  @ValidateNested({ each: true })
  @Type(() => CustomProperty)
  customProperties?: CustomProperty[];
}

/** A SIM as its platform has it. */
export class PlatformSim {
  @IsIn(simStatuses)
  status!: SimStatus;

  @IsOptional()
  @IsString()
  account?: string | null;

  @IsArray()
  @ArrayMaxSize(maxCustomProperties)
  @ValidateNested({ each: true })
  @Type(() => CustomProperty)
  customProperties!: CustomProperty[];
}

/** The SIM that a message to or from a platform is about. */
class OfPlatformSim extends RequestIds {
  @IsString()
  @IsNotEmpty()
  @MaxLength(maxPlatformName)
  platform!: string;

  @IsString()
  @IsNotEmpty()
  @MaxLength(maxIccid)
  iccid!: string;

  @IsUUID()
  subscriberId!: string;
}

/** What to ask of a platform; value of a message on the platform-requests topics, whose `ce_id` is the operation's id. */
export class PlatformRequest extends OfPlatformSim {
  @ValidateNested()
  @Type(() => PlatformChange)
  change!: PlatformChange;
}

export const platformEnds = ['DONE', 'FAILED'] as const;
export type PlatformEnd = (typeof platformEnds)[number];

/** How a platform's change ended: ends the operation whose id the command has. The connector sends it, nobody else. */
export class RecordPlatformResponse extends PlatformRequest {
  @IsIn(platformEnds)
  state!: PlatformEnd;

  /** HTTP status of the platform's last answer; of what stands for it where there was none, e.g. 504 */
  @IsInt()
  statusCode!: number;

  @IsString()
  message!: string;

  /** as it is once the change is DONE */
  @IsOptional()
  @ValidateNested()
  @Type(() => PlatformSim)
  sim?: PlatformSim | null;
}

/**
 * What a platform has of a SIM, found by asking it after an operation whose end says nothing of that. The connector sends it,
 * nobody else.
 */
export class RecordSimState extends OfPlatformSim {
  /** the operation of the request that is settled by it */
  @IsUUID()
  operationId!: string;

  @ValidateNested()
  @Type(() => PlatformSim)
  sim!: PlatformSim;
}
