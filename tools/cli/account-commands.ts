import type { Command } from 'commander';
import { SimyardError } from '#libs/errors';
import { insertAccounts } from '#libs/inventory';
import { withDatabase } from './environment.js';
import { note } from './output.js';

interface CreateOptions {
  id: string;
  name: string;
  parent?: string;
}

export function addAccountCommands(program: Command): void {
  program
    .command('account')
    .description('accounts')
    .command('create')
    .description('make an account; without a parent it is a tenant')
    .requiredOption('--id <id>')
    .requiredOption('--name <name>')
    .option('--parent <id>')
    .action(create);
}

async function create({ id, name, parent }: CreateOptions): Promise<void> {
  const account = { accountId: id, name, ...(parent !== undefined && { parentId: parent }) };
  const inserted = await withDatabase((database) => insertAccounts(database, [account]));
  if (inserted === 0) {
    throw new SimyardError('ACCOUNT_NOT_FOUND', { message: 'The account exists already, or its parent does not.' });
  }
  note(`Account ${id} was made.`);
}
