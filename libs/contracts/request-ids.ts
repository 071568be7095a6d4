import 'reflect-metadata';
import { IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import { maxTextLength } from './subscriber.js';

/** What every write may carry: the caller's ids for replay and for following it up. */
export class RequestIds {
  /** repeated with the same body it gets the stored answer; OCS requires it on every write */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(maxTextLength)
  requestId?: string;

  @IsOptional()
  @IsString()
  @MaxLength(maxTextLength)
  transactionId?: string;
}
