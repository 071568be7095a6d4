import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { NewAccount, Offer } from '#libs/inventory';
import { projectDir } from '../infra/index.js';
import { fleetColumns, type FleetRow } from './fleet-row.js';

/** The committed files of the demo. */
export const fleetFile = join(projectDir, 'examples/fleet.csv');
export const accountsFile = join(projectDir, 'examples/accounts.csv');
export const offersFile = join(projectDir, 'examples/offers.csv');

const accountColumns = ['accountId', 'parentId', 'name'] as const;
const offerColumns = ['tenantId', 'offerId', 'name'] as const;

export const fleetCsv = (rows: FleetRow[]): string => csv(fleetColumns, rows);
export const accountsCsv = (accounts: NewAccount[]): string => csv(accountColumns, accounts);
export const offersCsv = (offers: Offer[]): string => csv(offerColumns, offers);

export async function readFleet(): Promise<FleetRow[]> {
  return records<FleetRow>(await readFile(fleetFile, 'utf8'));
}

export async function readAccounts(): Promise<NewAccount[]> {
  const rows = records<Required<NewAccount>>(await readFile(accountsFile, 'utf8'));
  return rows.map(({ parentId, ...account }) => (parentId === '' ? account : { ...account, parentId }));
}

export async function readOffers(): Promise<Offer[]> {
  return records<Offer>(await readFile(offersFile, 'utf8'));
}

export async function writeExamples(accounts: NewAccount[], offers: Offer[], fleet: FleetRow[]): Promise<void> {
  await writeFile(accountsFile, accountsCsv(accounts));
  await writeFile(offersFile, offersCsv(offers));
  await writeFile(fleetFile, fleetCsv(fleet));
}

/** The columns are those that this program wrote; a spec compares the files with what it would write. */
const records = <Row>(text: string): Row[] => parse(text, { columns: true });

function csv<Row extends object>(columns: readonly (keyof Row & string)[], rows: Row[]): string {
  const lines = rows.map((row) => columns.map((column) => quoted(String(row[column] ?? ''))).join(','));
  return [columns.join(','), ...lines, ''].join('\n');
}

const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
