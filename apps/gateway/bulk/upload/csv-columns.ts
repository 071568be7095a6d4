import { mandatoryFields, namedSchemas, type BulkAction, type FieldProblem } from '#libs/contracts';
import { SimyardError } from '#libs/errors';

/** Columns that name a row's subscriber; identifierType and identifier go together. */
const subscriberColumns = ['refId', 'externalId', 'identifierType', 'identifier'];

/** How many of a header's unknown columns are named, and how much of each: a file without a header has data there. */
const namedColumns = 20;
const namedLength = 40;

/** Attributes that commands of every action have. */
const requestIds = ['requestId', 'transactionId'];

/** All columns that a table for the action may have. An attribute that is a list is none. */
export function columnsOf(action: BulkAction): string[] {
  const attributes = attributesOf(action).filter(({ isList }) => !isList);
  return ['key', ...subscriberColumns, ...attributes.map(({ name }) => name)];
}

function attributesOf(action: BulkAction): { name: string; isList: boolean }[] {
  const properties = Object.entries(namedSchemas()[action]?.properties ?? {});
  return properties
    .filter(([name]) => name !== 'subscriber')
    .map(([name, schema]) => ({ name, isList: 'type' in schema && schema.type === 'array' }));
}

/** Throws UNSUPPORTED_MEDIA_TYPE for an action all of whose own attributes are lists, which no cell can hold. */
function expectCells(action: BulkAction): void {
  const own = attributesOf(action).filter(({ name }) => !requestIds.includes(name));
  if (own.length === 0 || own.some(({ isList }) => !isList)) return;
  const lists = own.map(({ name }) => name).join(' and ');
  throw new SimyardError('UNSUPPORTED_MEDIA_TYPE', {
    message: `${action} is not taken as text/csv, as ${lists} are lists; send application/x-ndjson.`,
  });
}

/**
 * The columns of a table by its header; throws REQUEST_INVALID that names what is wrong with it, and UNSUPPORTED_MEDIA_TYPE for an
 * action that has no tables.
 */
export function readHeader(action: BulkAction, cells: string[]): string[] {
  expectCells(action);
  const columns = cells.map((cell) => cell.trim());
  const known = columnsOf(action);
  const problems = [
    ...unknownColumns(columns, known),
    ...repeatedColumns(columns),
    ...missingColumns(action, new Set(columns)),
  ];
  if (problems.length > 0) {
    throw new SimyardError('REQUEST_INVALID', {
      message: `The header is not one of a table for ${action}. Its columns may be ${known.join(', ')}.`,
      details: { line: 1, problems },
    });
  }
  return columns;
}

function unknownColumns(columns: string[], known: string[]): FieldProblem[] {
  const unknown = columns.filter((column) => !known.includes(column));
  return unknown
    .slice(0, namedColumns)
    .map((column) => ({ field: column.slice(0, namedLength), problem: 'is not a column of this action' }));
}

function repeatedColumns(columns: string[]): FieldProblem[] {
  const repeated = columns.filter((column, index) => column !== '' && columns.indexOf(column) < index);
  return [...new Set(repeated)]
    .slice(0, namedColumns)
    .map((column) => ({ field: column.slice(0, namedLength), problem: 'is there more than once' }));
}

/** A column is missing when no row could do without it. */
function missingColumns(action: BulkAction, columns: ReadonlySet<string>): FieldProblem[] {
  const attributes = mandatoryFields(action).filter((field) => field !== 'requestId' && field !== 'subscriber');
  const missing = attributes.filter((field) => !columns.has(field));
  const hasIdentifier = columns.has('identifierType') && columns.has('identifier');
  const hasSubscriber = columns.has('refId') || columns.has('externalId') || hasIdentifier;
  return [
    ...missing.map((field) => ({ field, problem: 'is missing' })),
    ...(hasSubscriber
      ? []
      : [{ field: 'subscriber', problem: 'needs refId, externalId, or identifierType and identifier' }]),
  ];
}
