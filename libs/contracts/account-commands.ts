import { IsNotEmpty, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { RequestIds } from './request-ids.js';
import { maxTextLength } from './subscriber.js';

/** Longest value of an external parameter, in characters. */
export const maxParamValueLength = 4000;

/** Gives an account (floLIVE: a customer) a name and value of the caller's own; a name is unique per account. */
export class CreateExternalParam extends RequestIds {
  @IsString()
  @IsNotEmpty()
  @MaxLength(maxTextLength)
  accountId!: string;

  @IsString()
  @IsNotEmpty()
  @MaxLength(maxTextLength)
  name!: string;

  @IsString()
  @MaxLength(maxParamValueLength)
  value!: string;
}

export class ModifyExternalParam extends RequestIds {
  @IsString()
  @IsNotEmpty()
  @MaxLength(maxTextLength)
  accountId!: string;

  @IsUUID()
  instanceId!: string;

  /** stays as it is when left out */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(maxTextLength)
  name?: string;

  @IsString()
  @MaxLength(maxParamValueLength)
  value!: string;
}

export class DeleteExternalParam extends RequestIds {
  @IsString()
  @IsNotEmpty()
  @MaxLength(maxTextLength)
  accountId!: string;

  @IsUUID()
  instanceId!: string;
}
