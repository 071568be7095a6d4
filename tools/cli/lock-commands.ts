import { InvalidArgumentError, type Command } from 'commander';
import { rowLimit } from './arguments.js';
import { findGateway, withGatewayOptions, type GatewayOptions } from './gateway-address.js';
import { openGateway } from './gateway.js';
import { note, printRows } from './output.js';
import { readPages } from './pages.js';

interface ListOptions extends GatewayOptions {
  user?: string;
  action?: string;
  entityType?: string;
  entityId?: string;
  limit: number;
  json?: true;
}

/** As GET /admin/v1/locks shows it. */
interface LockView {
  fencingToken: string;
  level: string;
  username: string;
  action: string;
  entity?: { type: string; id: string };
  acquiredAt: string;
  expiresAt: string;
  operationId: string;
}

const locksPath = '/admin/v1/locks';

export function addLockCommands(program: Command): void {
  const locks = program.command('locks').description('what operations under way hold');
  withGatewayOptions(locks.command('ls'))
    .description('the locks that are held')
    .option('--user <username>', 'only of this user')
    .option('--action <name>', 'only of this command, e.g. ChangeSimStatus')
    .option('--entity-type <type>', 'with --entity-id: Subscriber, Account or SIM')
    .option('--entity-id <id>', 'only of this one; of a subscriber his refId')
    .option('--limit <n>', 'rows', rowLimit, 100)
    .option('--json', 'as JSON')
    .action(list);
  withGatewayOptions(locks.command('break'))
    .description('end the operation that holds a lock, which frees all of its locks; needs the scope admin')
    .argument('<token>', 'fencing token, as ls shows it', token)
    .requiredOption('--reason <text>', 'is kept with who did it')
    .action(breakLock);
}

async function list({ user, action, entityType, entityId, limit, json, ...options }: ListOptions): Promise<void> {
  const query = { user, action, entityType, entityId, limit };
  const gateway = openGateway(findGateway(options));
  const { rows } = await readPages<LockView>(gateway, locksPath, 'locks', query);
  printRows(rows, json, ({ fencingToken, level, username, action, entity, acquiredAt, expiresAt, operationId }) => ({
    ...{ fencingToken, level, username, action },
    entity: entity && `${entity.type} ${entity.id}`,
    ...{ acquiredAt, expiresAt, operationId },
  }));
}

async function breakLock(
  fencingToken: string,
  { reason, ...options }: GatewayOptions & { reason: string },
): Promise<void> {
  const gateway = openGateway(findGateway(options, { scope: 'admin' }));
  await gateway.call('DELETE', `${locksPath}/${fencingToken}`, { query: { reason } });
  note('Broken: its operation is cancelled.');
}

function token(text: string): string {
  if (!/^[1-9]\d{0,18}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return text;
}
