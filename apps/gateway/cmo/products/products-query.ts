import { IsIn, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import { maxPlatformName, simStatuses, type SimStatus } from '#libs/contracts';
import type { ProductQuery } from '#libs/inventory';
import { selectFields, type FieldsQuery } from '../../http/fields.js';
import { PageQuery, pageOf } from '../page-query.js';
import type { ProductBody } from './product-body.js';

/** Query of GET …/product. */
export class ProductsQuery extends PageQuery {
  @IsOptional()
  @IsIn(simStatuses)
  status?: SimStatus;

  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(maxPlatformName)
  platform?: string;
}

export const toProductQuery = (query: ProductsQuery): ProductQuery => ({
  status: query.status,
  platform: query.platform,
  ...pageOf(query),
});

/** The attributes of a product, which may be asked for. */
const attributes = [
  'isBundle',
  'startDate',
  'status',
  'customProperty',
  'productCharacteristic',
  'relatedParty',
  'product',
] as const satisfies (keyof ProductBody)[];

export const fieldsOf = (query: FieldsQuery): ((product: ProductBody) => Partial<ProductBody>) =>
  selectFields(query, attributes, 'product');

/** A page as the seed has it, with its place among the others. */
export function productPage(query: ProductQuery, entities: unknown[], totalElements: number): object {
  const { pageNumber: currentPage, pageSize } = query;
  const totalPages = Math.ceil(totalElements / pageSize);
  return { entities, statistics: { currentPage, pageSize, totalPages, totalElements } };
}
