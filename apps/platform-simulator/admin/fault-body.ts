import {
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsPositive,
  IsString,
  Matches,
  Max,
  Min,
} from 'class-validator';
import { iccidPattern } from '../contract/prepare-change.js';
import { faultKinds, type FaultKind } from '../faults/fault.js';
import type { Operation } from '../world/sims.js';

/** A fault as it is asked for; docs/platform-contract.md says which settings each kind takes. */
export class FaultBody {
  @IsString()
  platform!: string;

  @IsOptional()
  @Matches(iccidPattern)
  iccid?: string;

  @IsIn(Object.keys(faultKinds))
  kind!: FaultKind;

  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @IsIn(['change', 'read', 'poll'], { each: true })
  on?: Operation[];

  @IsOptional()
  @IsBoolean()
  afterEffect?: boolean;

  @IsOptional()
  @IsInt()
  @IsPositive()
  count?: number;

  @IsOptional()
  @IsNumber()
  @IsPositive()
  @Max(1)
  probability?: number;

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(3_600_000)
  delayMs?: number;

  @IsOptional()
  @IsInt()
  @Min(500)
  @Max(599)
  status?: number;

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(3600)
  retryAfterSeconds?: number;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(100)
  copies?: number;
}
