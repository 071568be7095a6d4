import { IsIn, IsNotEmpty, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { maxOfferIdLength, maxParamValueLength, maxTextLength } from '#libs/contracts';
import { readQuery } from '../http/read-request.js';
import { simStatusWordList, type SimStatusWord } from './sim-status-words.js';

/** Body of PUT …/sim-status, and content of a node of its bulk. */
export class SimStatusRequest {
  @IsIn(simStatusWordList)
  status!: SimStatusWord;
}

/** Content of a node of the offer bulks. */
export class OfferRequest {
  @IsString()
  @IsNotEmpty()
  @MaxLength(maxOfferIdLength)
  offerId!: string;
}

/** Body of POST …/external-params. */
export class NewParamRequest {
  @IsString()
  @IsNotEmpty()
  @MaxLength(maxTextLength)
  name!: string;

  @IsString()
  @MaxLength(maxParamValueLength)
  value!: string;
}

/** Body of PUT …/external-params/{instanceId}. */
export class ParamRequest {
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

/** Query of the lists. */
export class PageRequest {
  /** from 0 */
  @IsOptional()
  @Matches(/^\d{1,6}$/, { message: 'page must be a whole number from 0' })
  page?: string;

  @IsOptional()
  @Matches(/^([1-9]\d?|1\d\d|200)$/, { message: 'size must be a whole number from 1 to 200' })
  size?: string;
}

/** The page that a query asks for; without a size, whatever the list takes for one. */
export function readPage(query: unknown): { page: number; size: number | undefined } {
  const { page, size } = readQuery(PageRequest, query);
  return { page: Number(page ?? 0), size: size === undefined ? undefined : Number(size) };
}
