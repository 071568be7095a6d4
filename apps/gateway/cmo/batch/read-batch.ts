import { Type } from 'class-transformer';
import { ArrayMaxSize, Equals, IsArray, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { SimyardError } from '#libs/errors';
import type { ProductName } from '#libs/inventory';
import { readProductId, toldOf } from '#libs/monitors';
import { readAs } from '../../http/read-request.js';
import { patchTypes, type PatchType } from '../../http/request-bodies.js';

/** Longer than any id of a product. */
const maxIdLength = 100;
const maxHeaders = 20;
const maxHeaderLength = 1000;

class BatchedHeader {
  @IsString()
  @MaxLength(maxHeaderLength)
  name!: string;

  @IsString()
  @MaxLength(maxHeaderLength)
  value!: string;
}

/** What each product is sent, as if it were a call of its own. */
class BatchedRequest {
  @Equals('PATCH')
  method!: string;

  /** a JSON Patch */
  @IsArray()
  body!: unknown[];

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(maxHeaders)
  @ValidateNested({ each: true })
  @Type(() => BatchedHeader)
  headers?: BatchedHeader[];
}

/** Body of PATCH …/product. */
export class BatchBody {
  @IsArray()
  @IsString({ each: true })
  @MaxLength(maxIdLength, { each: true })
  productIdList!: string[];

  @ValidateNested()
  @Type(() => BatchedRequest)
  request!: BatchedRequest;
}

/** One patch for many products. */
export interface Batch {
  /** in the order asked for; at least one */
  products: [BatchProduct, ...BatchProduct[]];
  patchType: PatchType;
  patch: unknown[];
  /** the body as its monitor tells it: without headers that could be secrets */
  told: object;
}

export interface BatchProduct {
  /** as it was written */
  productId: string;
  name: ProductName;
}

/**
 * The batch of a request's body. Throws REQUEST_INVALID, which names the index of a product's id, BULK_EMPTY, BULK_TOO_LARGE, and
 * UNSUPPORTED_MEDIA_TYPE for a patch of another kind.
 */
export function readBatch(plain: unknown, maxProducts: number): Batch {
  const { productIdList, request } = readAs(BatchBody, plain);
  if (productIdList.length > maxProducts) throw new SimyardError('BULK_TOO_LARGE', { details: { maxProducts } });
  const { method, body, headers = [] } = request;
  const [first, ...others] = productIdList.map(toProduct);
  if (!first) throw new SimyardError('BULK_EMPTY', { message: 'productIdList must have at least one product.' });
  const products: Batch['products'] = [first, ...others];
  refuseRepeated(products);
  return {
    ...{ products, patchType: patchTypeOf(headers), patch: body },
    told: { productIdList, request: { method, body, headers: toldOf(headers) } },
  };
}

function toProduct(productId: string, index: number): BatchProduct {
  const name = readProductId(productId);
  if (name) return { productId, name };
  throw atIndex(index, 'must be a platform and an ICCID, as in JASPER-8901260012345678902-simCard');
}

function refuseRepeated(products: BatchProduct[]): void {
  const indexes = new Map<string, number>();
  for (const [index, { name }] of products.entries()) {
    const earlier = indexes.get(name.iccid);
    if (earlier !== undefined) throw atIndex(index, `is the same SIM as productIdList[${earlier}]`);
    indexes.set(name.iccid, index);
  }
}

const atIndex = (index: number, problem: string): SimyardError =>
  new SimyardError('REQUEST_INVALID', {
    message: `productIdList[${index}] ${problem}.`,
    details: { index, problems: [{ field: `productIdList[${index}]`, problem }] },
  });

/** By the header of the request for each product; a JSON Patch without one. */
function patchTypeOf(headers: BatchedHeader[]): PatchType {
  const given = headers.find(({ name }) => name.toLowerCase() === 'content-type');
  if (!given) return 'application/json-patch+json';
  const type = given.value.split(';', 1)[0]?.trim().toLowerCase();
  const known = patchTypes.find((one) => one === type);
  if (known) return known;
  throw new SimyardError('UNSUPPORTED_MEDIA_TYPE', {
    message: `The content type of the request for each product must be ${patchTypes.join(' or ')}.`,
  });
}
