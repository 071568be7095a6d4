import { IsOptional, Matches } from 'class-validator';
import { FieldsQuery } from '../http/fields.js';

/** Query of a list: which page of it, and what of its entities. */
export class PageQuery extends FieldsQuery {
  /** from 1 */
  @IsOptional()
  @Matches(/^[1-9]\d{0,5}$/, { message: 'pageNumber must be a whole number from 1' })
  pageNumber?: string;

  /** entities of a page, 10 by default */
  @IsOptional()
  @Matches(/^([1-9]\d?|100)$/, { message: 'pageSize must be a whole number from 1 to 100' })
  pageSize?: string;
}

const defaultSize = 10;

export const pageOf = ({ pageNumber, pageSize }: PageQuery): { pageNumber: number; pageSize: number } => ({
  pageNumber: Number(pageNumber ?? 1),
  pageSize: Number(pageSize ?? defaultSize),
});
