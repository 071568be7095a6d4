import { joinedTexts, plainArray, textArray, type Tx } from '#libs/postgres';
import { columnNames, operationColumns } from './operation-columns.js';
import type { OperationRow } from './operation.js';

const arrays = operationColumns
  .map(([, type], index) => (type === 'text' ? textArray(`$${index + 1}`) : `$${index + 1}::${type}[]`))
  .join(', ');
const statement = `insert into operations.operation (${columnNames}) select * from unnest(${arrays})`;

/** Inserts operations, open or already ended, in one statement. */
export async function insertOperations(tx: Tx, rows: OperationRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.write(
    statement,
    operationColumns.map(([, type, attribute]) =>
      type === 'text' ? joinedTexts(rows.map((row) => row[attribute])) : plainArray(rows.map((row) => row[attribute])),
    ),
  );
}
