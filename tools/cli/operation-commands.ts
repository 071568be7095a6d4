import { InvalidArgumentError, Option, type Command } from 'commander';
import { SimyardError } from '#libs/errors';
import { listOperations, operationStatuses, readOperation, type OperationStatus } from '#libs/operations';
import { withDatabase } from './environment.js';
import { printJson, printTable } from './output.js';

interface ListOptions {
  account?: string;
  status?: OperationStatus;
  action?: string;
  facade?: string;
  requestId?: string;
  correlationId?: string;
  days: number;
  limit: number;
  json?: true;
}

const day = 86_400_000;

export function addOperationCommands(program: Command): void {
  const operations = program.command('operations').description('what became of commands');
  operations
    .command('ls')
    .description('the newest operations')
    .option('--account <id>', 'only of this account and those below')
    .addOption(new Option('--status <status>').choices(operationStatuses))
    .option('--action <name>', 'name of the command, e.g. SwapSubscriberResource')
    .option('--facade <name>', 'where the command came from, e.g. ocs or kafka')
    .option('--request-id <id>')
    .option('--correlation-id <id>')
    .option('--days <n>', 'how far to look back', wholeNumber, 7)
    .option('--limit <n>', 'rows', wholeNumber, 20)
    .option('--json', 'as JSON')
    .action(list);
  operations.command('show').description('one operation, as JSON').argument('<operationId>', '', uuid).action(show);
}

async function list({ account, days, json, ...filter }: ListOptions): Promise<void> {
  const to = new Date(Date.now() + 1000);
  const from = new Date(to.getTime() - days * day);
  const rows = await withDatabase((database) => listOperations(database, account ?? null, { ...filter, from, to }));
  if (json) {
    printJson(rows);
    return;
  }
  printTable(
    rows.map(({ operationId, createdAt, status, action, facade, accountId, actor, requestId, error }) => ({
      ...{ operationId, createdAt, status, action, facade, accountId, actor, requestId },
      error: error?.code,
    })),
  );
}

async function show(operationId: string): Promise<void> {
  const operation = await withDatabase((database) => readOperation(database, null, operationId));
  if (!operation) throw new SimyardError('NOT_FOUND', { message: 'The operation does not exist.' });
  printJson(operation);
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 to 9999.');
  return Number(text);
}

function uuid(text: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) throw new InvalidArgumentError('It must be a uuid.');
  return text;
}
