import type { Command } from 'commander';
import { SimyardError } from '#libs/errors';
import { insertOffers, listOffers } from '#libs/inventory';
import { withDatabase } from './environment.js';
import { note, printRows } from './output.js';

interface CreateOptions {
  tenant: string;
  id: string;
  name: string;
}

export function addOfferCommands(program: Command): void {
  const offer = program.command('offer').description('what a tenant’s subscribers may be given');
  offer
    .command('create')
    .description('put an offer into a tenant’s catalogue')
    .requiredOption('--tenant <id>', 'an account without a parent')
    .requiredOption('--id <id>', 'unique in its tenant')
    .requiredOption('--name <name>')
    .action(create);
  offer
    .command('ls')
    .description('a tenant’s catalogue')
    .requiredOption('--tenant <id>')
    .option('--json', 'as JSON')
    .action(list);
}

async function create({ tenant, id, name }: CreateOptions): Promise<void> {
  const offer = { tenantId: tenant, offerId: id, name };
  const inserted = await withDatabase((database) => insertOffers(database, [offer]));
  if (inserted === 0) {
    throw new SimyardError('ACCOUNT_NOT_FOUND', { message: 'The offer exists already, or there is no such tenant.' });
  }
  note(`Offer ${id} was made.`);
}

async function list({ tenant, json }: { tenant: string; json?: true }): Promise<void> {
  const offers = await withDatabase((database) => listOffers(database, tenant));
  printRows(offers, json, (offer) => ({ ...offer }));
}
