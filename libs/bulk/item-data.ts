import {
  checkMandatory,
  commands,
  maxTextLength,
  validateData,
  type BulkAction,
  type CommandData,
  type FieldProblem,
} from '#libs/contracts';
import { errorCodes } from '#libs/errors';

/** What a column of an uploaded table does not become as such: it names the subscriber. */
const subscriberColumns = ['refId', 'externalId', 'identifierType', 'identifier'];

/**
 * A command's data from a row of a table: `refId`, `externalId`, or `identifierType` and `identifier` name the subscriber,
 * `key` the item, and every other column is an attribute. Empty cells are left out.
 */
export function toItemData(row: Record<string, string>): Record<string, unknown> {
  const { key: _, ...cells } = Object.fromEntries(Object.entries(row).filter(([, cell]) => cell !== ''));
  const { refId, externalId, identifierType, identifier } = cells;
  const attributes = Object.entries(cells).filter(([column]) => !subscriberColumns.includes(column));
  const subscriber = {
    ...(refId !== undefined && { refId }),
    ...(externalId !== undefined && { externalId }),
    ...((identifierType ?? identifier) !== undefined && {
      identifier: { type: identifierType ?? '', value: identifier ?? '' },
    }),
  };
  return { ...(Object.keys(subscriber).length > 0 && { subscriber }), ...Object.fromEntries(attributes) };
}

export type ItemCheck =
  { data: CommandData<BulkAction>; problems: [] } | { data?: undefined; problems: FieldProblem[] };

/**
 * Whether data fits its action's command, mandatory attributes included; a requestId need not be there, as the item's
 * operation stands in for it. `unknownProperties`: see validateData.
 */
export function checkItem(
  action: BulkAction,
  plain: unknown,
  unknownProperties: 'refuse' | 'ignore' = 'refuse',
): ItemCheck {
  const { dataClass } = commands[action];
  const { data, problems } = validateData<CommandData<BulkAction>>(dataClass, plain, { unknownProperties });
  if (data === undefined) return { problems };
  const { missing } = checkMandatory(action, { ...data, requestId: data.requestId ?? 'item' });
  if (missing) return { problems: [{ field: missing.field, problem: errorCodes[missing.code].message }] };
  return isStorable(data) ? { data, problems: [] } : { problems: [unstorable] };
}

/** Whether a text may be an item's key. */
export const isItemKey = (key: string): boolean =>
  key !== '' && key.length <= maxTextLength && key.isWellFormed() && !controlCharacter.test(key);

// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const controlCharacter = /[\u0000-\u001f\u007f]/;

const unstorable: FieldProblem = { field: '', problem: 'has U+0000 or a lone surrogate' };

/** PostgreSQL's text cannot hold U+0000, nor UTF-8 a lone surrogate. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\u0000');
  return typeof value !== 'object' || value === null || Object.values(value).every(isStorable);
}
