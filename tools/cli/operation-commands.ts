import { Option, type Command } from 'commander';
import { SimyardError } from '#libs/errors';
import {
  listOperations,
  operationStatuses,
  readOperation,
  type OperationStatus,
  type OperationSummary,
} from '#libs/operations';
import { rowLimit, uuid } from './arguments.js';
import { withDatabase } from './environment.js';
import { findGateway, withGatewayOptions, type GatewayOptions } from './gateway-address.js';
import { openGateway } from './gateway.js';
import { printJson, printRows } from './output.js';
import { readPages } from './pages.js';
import { operationsPath, watchOperation, type OperationView } from './watch-operation.js';

interface ListOptions extends GatewayOptions {
  status?: OperationStatus;
  action?: string;
  facade?: string;
  requestId?: string;
  correlationId?: string;
  limit: number;
  days: number;
  database?: true;
  account?: string;
  json?: true;
}

const day = 86_400_000;

export function addOperationCommands(program: Command): void {
  const operations = program.command('operations').description('what became of commands');
  const database = new Option('--database', 'not by the gateway: straight from the database, of every tenant');
  withGatewayOptions(operations.command('ls'))
    .description('the newest operations')
    .addOption(new Option('--status <status>').choices(operationStatuses))
    .option('--action <name>', 'name of the command, e.g. SwapSubscriberResource')
    .option('--facade <name>', 'where the command came from, e.g. ocs or kafka')
    .option('--request-id <id>')
    .option('--correlation-id <id>')
    .option('--days <n>', 'how far to look back', rowLimit, 7)
    .option('--limit <n>', 'rows', rowLimit, 20)
    .addOption(database)
    .option('--account <id>', 'with --database: only of this account and those below')
    .option('--json', 'as JSON')
    .action(list);
  const of = (name: string): Command =>
    withGatewayOptions(operations.command(name).argument('<operationId>', '', uuid));
  of('show').description('one operation, as JSON').addOption(database).action(show);
  of('watch')
    .description('the end of an operation, as JSON once it is there')
    .option('--quiet', 'no progress')
    .action(watchOperation);
}

async function list(options: ListOptions, command: Command): Promise<void> {
  const { status, action, facade, requestId, correlationId, limit, account, days, database, json } = options;
  if (account !== undefined && !database) command.error('error: --account goes with --database');
  const filter = {
    ...(status && { status }),
    ...(action !== undefined && { action }),
    ...(facade !== undefined && { facade }),
    ...(requestId !== undefined && { requestId }),
    ...(correlationId !== undefined && { correlationId }),
    limit,
  };
  const to = new Date(Date.now() + 1000);
  const from = new Date(to.getTime() - days * day);
  if (database) {
    const rows = await withDatabase((db) => listOperations(db, account ?? null, { ...filter, from, to }));
    printRows(rows, json, summaryRow);
    return;
  }
  const gateway = openGateway(findGateway(options));
  const query = { ...filter, from: from.toISOString() };
  const { rows } = await readPages<OperationView>(gateway, operationsPath, 'operations', query);
  printRows(rows, json, summaryRow);
}

function summaryRow(row: OperationView | OperationSummary): Record<string, unknown> {
  const { operationId, createdAt, status, action, facade, accountId, actor, requestId, error } = row;
  return { operationId, createdAt, status, action, facade, accountId, actor, requestId, error: error?.code };
}

async function show(operationId: string, options: GatewayOptions & { database?: true }): Promise<void> {
  if (!options.database) {
    printJson(await openGateway(findGateway(options)).call('GET', `${operationsPath}/${operationId}`));
    return;
  }
  const operation = await withDatabase((database) => readOperation(database, null, operationId));
  if (!operation) throw new SimyardError('NOT_FOUND', { message: 'The operation does not exist.' });
  printJson(operation);
}
