import type { Command } from 'commander';
import { createClient, listClients, revokeClient } from '#libs/access';
import { deleteCallbacksOf, renewClientSecret } from '#libs/callbacks';
import { SimyardError } from '#libs/errors';
import { withDatabase } from './environment.js';
import { note, printJson, printRecord, printTable } from './output.js';

interface CreateOptions {
  username: string;
  account: string;
  scopes: string[];
  businessIds: string[];
  json?: true;
}

const byComma = (text: string): string[] => text.split(',').filter((part) => part !== '');

export function addClientCommands(program: Command): void {
  const client = program.command('client').description('API clients');
  client
    .command('create')
    .description('make a client and show its secret, once')
    .requiredOption('--username <name>', 'the user it acts as, unique in its tenant')
    .requiredOption('--account <id>', 'it may act on this account and those below')
    .option('--scopes <names>', 'by comma', byComma, [])
    .option('--business-ids <ids>', 'by comma', byComma, [])
    .option('--json', 'as JSON')
    .action(create);
  client.command('list').description('all clients').option('--json', 'as JSON').action(list);
  client
    .command('revoke')
    .description('end a client’s access, within five seconds')
    .argument('<clientId>')
    .action(revoke);
  client
    .command('callback-secret')
    .description('make the secret that signs callbacks to the URLs of a client’s requests, in place of an earlier one')
    .argument('<clientId>')
    .option('--json', 'as JSON')
    .action(renewCallbackSecret);
}

async function create({ username, account, scopes, businessIds, json }: CreateOptions): Promise<void> {
  const created = await withDatabase((database, pepper) =>
    createClient(database, pepper, { username, accountId: account, scopes, businessIds }),
  );
  if (json) printJson(created);
  else printRecord({ ...created });
  note('The secret is not stored and cannot be shown again.');
}

async function list({ json }: { json?: true }): Promise<void> {
  const clients = await withDatabase((database) => listClients(database));
  if (json) printJson(clients);
  else printTable(clients.map((client) => ({ ...client })));
}

async function revoke(clientId: string): Promise<void> {
  await withDatabase((database) =>
    database.transaction(async (tx) => {
      await revokeClient(tx, clientId);
      await deleteCallbacksOf(tx, clientId);
    }),
  );
  note('Revoked: it acts within five seconds. Nothing more is called back.');
}

async function renewCallbackSecret(clientId: string, { json }: { json?: true }): Promise<void> {
  const callbackSecret = await withDatabase(async (database, pepper) => {
    const isLive = (await listClients(database)).some((one) => one.clientId === clientId && one.revokedAt === null);
    if (!isLive) throw new SimyardError('NOT_FOUND', { message: 'No such live client.' });
    return renewClientSecret(database, pepper, clientId);
  });
  if (json) printJson({ clientId, callbackSecret });
  else printRecord({ clientId, callbackSecret });
  note('The secret cannot be shown again. It signs from now on, also what is under way.');
}
