import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, IsOptional, ValidateNested } from 'class-validator';
import { checkItem, isItemKey, type NewItem } from '#libs/bulk';
import { BulkItem, bulkActions, type BulkAction, type FieldProblem } from '#libs/contracts';
import { SimyardError } from '#libs/errors';
import { newId } from '#libs/runtime';

/** Body of POST /admin/v1/bulk-jobs as JSON: all items are good, or no job is started. */
export class BulkSubmission {
  @IsIn(bulkActions)
  action!: BulkAction;

  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => BulkItem)
  items!: BulkItem[];

  /** validates every item as its service would, and changes nothing */
  @IsOptional()
  @IsBoolean()
  dryRun?: boolean;
}

/** Problems that are told; the others are counted. */
const toldProblems = 1000;

/** The items of a submission. Throws BULK_EMPTY, BULK_TOO_LARGE, or REQUEST_INVALID that names each wrong field. */
export function toItems({ action, items }: BulkSubmission, maxItems: number): NewItem[] {
  if (items.length === 0) throw new SimyardError('BULK_EMPTY');
  if (items.length > maxItems) throw new SimyardError('BULK_TOO_LARGE', { details: { maxItems } });
  const checked = items.map((item, index) => checkOne(action, item, index));
  const problems = checked.flatMap((one) => one.problems);
  if (problems.length > 0) {
    const details = { problems: problems.slice(0, toldProblems), problemCount: problems.length };
    throw new SimyardError('REQUEST_INVALID', { details });
  }
  return checked.map(({ key, data }, index) => ({
    ordinal: index + 1,
    key: key ?? String(index + 1),
    data: JSON.stringify(data),
    operationId: newId(),
  }));
}

interface CheckedItem {
  key: string | undefined;
  data: unknown;
  problems: FieldProblem[];
}

function checkOne(action: BulkAction, item: BulkItem, index: number): CheckedItem {
  const key = item.key ?? undefined;
  const { data, problems } = checkItem(action, item.data);
  const ofKey = key === undefined || isItemKey(key) ? [] : [{ field: 'key', problem: 'has a control character' }];
  const ofData = problems.map(({ field, problem }) => ({ field: field === '' ? 'data' : `data.${field}`, problem }));
  const named = [...ofKey, ...ofData].map(({ field, problem }) => ({ field: `items.${index}.${field}`, problem }));
  return { key, data, problems: named };
}
