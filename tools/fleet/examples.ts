import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { NewAccount } from '#libs/inventory';
import { projectDir } from '../infra/index.js';
import { fleetColumns, type FleetRow } from './fleet-row.js';

/** The committed files of the demo. */
export const fleetFile = join(projectDir, 'examples/fleet.csv');
export const accountsFile = join(projectDir, 'examples/accounts.csv');

const accountColumns = ['accountId', 'parentId', 'name'] as const;

export const fleetCsv = (rows: FleetRow[]): string => csv(fleetColumns, rows);
export const accountsCsv = (accounts: NewAccount[]): string => csv(accountColumns, accounts);

export async function readFleet(): Promise<FleetRow[]> {
  return records<FleetRow>(await readFile(fleetFile, 'utf8'));
}

export async function readAccounts(): Promise<NewAccount[]> {
  const rows = records<Required<NewAccount>>(await readFile(accountsFile, 'utf8'));
  return rows.map(({ parentId, ...account }) => (parentId === '' ? account : { ...account, parentId }));
}

export async function writeExamples(accounts: NewAccount[], fleet: FleetRow[]): Promise<void> {
  await writeFile(accountsFile, accountsCsv(accounts));
  await writeFile(fleetFile, fleetCsv(fleet));
}

/** The columns are those that this program wrote; a spec compares the files with what it would write. */
const records = <Row>(text: string): Row[] => parse(text, { columns: true });

function csv<Row extends object>(columns: readonly (keyof Row & string)[], rows: Row[]): string {
  const lines = rows.map((row) => columns.map((column) => quoted(String(row[column] ?? ''))).join(','));
  return [columns.join(','), ...lines, ''].join('\n');
}

const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
