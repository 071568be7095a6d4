import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsPositive,
  IsString,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import type { AnswerMode, RateLimit } from '#libs/platforms';
import type { Range } from '../world/random.js';

const longestMs = 3_600_000;

class Changes {
  @IsOptional()
  @IsIn(['sync', 'async'])
  status?: AnswerMode;

  @IsOptional()
  @IsIn(['sync', 'async'])
  account?: AnswerMode;

  @IsOptional()
  @IsIn(['sync', 'async'])
  'custom-properties'?: AnswerMode;
}

class Limit implements RateLimit {
  @IsInt()
  @IsPositive()
  @Max(100_000)
  requests!: number;

  @IsInt()
  @IsPositive()
  @Max(longestMs)
  perMs!: number;
}

class Milliseconds implements Range {
  @IsInt()
  @Min(0)
  @Max(longestMs)
  min!: number;

  @IsInt()
  @Min(0)
  @Max(longestMs)
  max!: number;
}

/** Any of a platform's settings. `rateLimit: null` lifts the limit. */
export class SettingsBody {
  @IsOptional()
  @ValidateNested()
  @Type(() => Changes)
  changes?: Changes;

  @IsOptional()
  @IsIn(['callback', 'polling'])
  results?: 'callback' | 'polling';

  @IsOptional()
  @IsBoolean()
  idempotent?: boolean;

  @IsOptional()
  @IsIn(['bearer', 'api-key'])
  credentials?: 'bearer' | 'api-key';

  @IsOptional()
  @ValidateNested()
  @Type(() => Limit)
  rateLimit?: Limit | null;

  @IsOptional()
  @IsString()
  @IsNotEmpty()
  credential?: string;

  @IsOptional()
  @IsString()
  @IsNotEmpty()
  callbackSecret?: string;

  @IsOptional()
  @ValidateNested()
  @Type(() => Milliseconds)
  answerMs?: Milliseconds;

  @IsOptional()
  @ValidateNested()
  @Type(() => Milliseconds)
  completionMs?: Milliseconds;

  @IsOptional()
  @IsIn(['adopt', 'refuse'])
  unknownSims?: 'adopt' | 'refuse';

  @IsOptional()
  @IsBoolean()
  progressCallbacks?: boolean;

  @IsOptional()
  @IsInt()
  @IsPositive()
  @Max(100)
  callbackAttempts?: number;

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(longestMs)
  callbackPauseMs?: number;

  @IsOptional()
  @IsInt()
  @IsPositive()
  @Max(longestMs)
  callbackTimeoutMs?: number;
}
