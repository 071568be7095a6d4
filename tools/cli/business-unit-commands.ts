import type { Command } from 'commander';
import { SimyardError } from '#libs/errors';
import { listBusinessUnits, saveBusinessUnit } from '#libs/inventory';
import { withDatabase } from './environment.js';
import { note, printRows } from './output.js';

export function addBusinessUnitCommands(program: Command): void {
  const unit = program.command('business-unit').description('which accounts a market of the Hybris facade is made of');
  unit
    .command('set')
    .description('give a business unit exactly these accounts, with all that is below them')
    .argument('<id>', 'two upper-case letters, e.g. TT')
    .argument('<accounts...>')
    .action(set);
  unit.command('rm').description('end a business unit').argument('<id>').action(remove);
  unit.command('ls').description('the business units').option('--json', 'as JSON').action(list);
}

async function set(businessId: string, accountIds: string[]): Promise<void> {
  if (!/^[A-Z]{2}$/.test(businessId)) {
    throw new SimyardError('REQUEST_INVALID', { message: 'A business unit is named by two upper-case letters.' });
  }
  await withDatabase((database) =>
    database.transaction(async (tx) => {
      const wanted = new Set(accountIds).size;
      if ((await saveBusinessUnit(tx, { businessId, accountIds })) < wanted)
        throw new SimyardError('ACCOUNT_NOT_FOUND');
    }),
  );
  note(`Business unit ${businessId} is ${accountIds.join(', ')}.`);
}

async function remove(businessId: string): Promise<void> {
  await withDatabase((database) => saveBusinessUnit(database, { businessId, accountIds: [] }));
  note(`There is no business unit ${businessId} any more.`);
}

async function list({ json }: { json?: true }): Promise<void> {
  const units = await withDatabase(listBusinessUnits);
  printRows(units, json, ({ businessId, accountIds }) => ({ businessId, accounts: accountIds.join(' ') }));
}
