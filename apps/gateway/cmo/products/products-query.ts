import { IsIn, IsNotEmpty, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { maxPlatformName, simStatuses, type SimStatus } from '#libs/contracts';
import { SimyardError } from '#libs/errors';
import type { ProductQuery } from '#libs/inventory';
import type { ProductBody } from './product-body.js';

/** Query of GET …/product/{id}. */
export class FieldsQuery {
  /** attributes of the first level, by comma; all when left out */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(200)
  fields?: string;
}

/** Query of GET …/product. */
export class ProductsQuery extends FieldsQuery {
  @IsOptional()
  @IsIn(simStatuses)
  status?: SimStatus;

  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(maxPlatformName)
  platform?: string;

  /** from 1 */
  @IsOptional()
  @Matches(/^[1-9]\d{0,5}$/, { message: 'pageNumber must be a whole number from 1' })
  pageNumber?: string;

  /** products of a page, 10 by default */
  @IsOptional()
  @Matches(/^([1-9]\d?|100)$/, { message: 'pageSize must be a whole number from 1 to 100' })
  pageSize?: string;
}

const defaultSize = 10;

export const toProductQuery = ({ status, platform, pageNumber, pageSize }: ProductsQuery): ProductQuery => ({
  status,
  platform,
  pageNumber: Number(pageNumber ?? 1),
  pageSize: Number(pageSize ?? defaultSize),
});

/** The attributes of a product, which may be asked for. */
const attributes = [
  'id',
  'href',
  'isBundle',
  'startDate',
  'status',
  'customProperty',
  'productCharacteristic',
  'relatedParty',
  'product',
  '@type',
] as const satisfies (keyof ProductBody)[];

const always: readonly string[] = ['id', 'href', '@type'];

/** Leaves of products what a query asks for, and what names them. Throws REQUEST_INVALID for what no product has. */
export function fieldsOf({ fields }: FieldsQuery): (product: ProductBody) => Partial<ProductBody> {
  if (fields === undefined) return (product) => product;
  const wanted = fields.split(',').map((name) => name.trim());
  const unknown = wanted.filter((name) => !(attributes as readonly string[]).includes(name));
  if (unknown.length > 0) throw unknownFields(unknown);
  const kept = new Set([...always, ...wanted]);
  return (product) => Object.fromEntries(Object.entries(product).filter(([name]) => kept.has(name)));
}

const unknownFields = (names: string[]): SimyardError =>
  new SimyardError('REQUEST_INVALID', {
    message: 'fields has what no product has.',
    details: { field: 'fields', problems: names.map((name) => ({ field: 'fields', problem: `${name} is unknown` })) },
  });

/** A page as the seed has it, with its place among the others. */
export function productPage(query: ProductQuery, entities: unknown[], totalElements: number): object {
  const { pageNumber: currentPage, pageSize } = query;
  const totalPages = Math.ceil(totalElements / pageSize);
  return { entities, statistics: { currentPage, pageSize, totalPages, totalElements } };
}
