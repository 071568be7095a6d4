import { SimyardError } from '#libs/errors';
import type { Tx } from '#libs/postgres';
import { lockAccounts } from './account.sql.js';
import { externalParamChange } from './entity-state.js';
import {
  deleteExternalParams,
  insertExternalParams,
  selectExternalParamPage,
  selectExternalParams,
  type ExternalParamPage,
  type Page,
} from './external-param.sql.js';
import { accountInTree } from './find-accounts.js';
import { newEntityId, type Posting } from './posting.js';
import type { AccountScope } from './references.js';
import type { Account, ExternalParam } from './rows.js';
import { rowsToWrite } from './rows-to-write.js';

/** What the commands of a batch on external parameters name. */
export interface WantedParam {
  accountId: string;
  instanceId?: string;
  /** a name that the parameter is to have */
  name?: string;
}

/** What such a batch decides on; `params` is the state after the commands decided so far. */
export interface ExternalParamView {
  /** a moment after the locks were taken */
  now: Date;
  /** operations that hold accounts, by `Account <id>` */
  locks: ReadonlyMap<string, string>;
  accounts: Map<string, Account>;
  loaded: Map<string, ExternalParam>;
  /** by instance */
  params: Map<string, ExternalParam>;
  /** instances by account and name */
  names: Map<string, string>;
}

const nameText = (accountId: string, name: string): string => `${accountId}\0${name}`;

export function createExternalParamView(
  now: Date,
  rows: { accounts: Account[]; params: ExternalParam[] },
  locks: ReadonlyMap<string, string> = new Map(),
): ExternalParamView {
  const { accounts, params } = rows;
  const loaded = new Map(params.map((row) => [row.instanceId, row]));
  return {
    now,
    locks,
    accounts: new Map(accounts.map((row) => [row.accountId, row])),
    loaded,
    params: new Map(loaded),
    names: new Map(params.map((row) => [nameText(row.accountId, row.name), row.instanceId])),
  };
}

/** The transaction, and who holds locks of accounts: `Account <id>` → the operation. */
export interface AccountLockingContext {
  tx: Tx;
  heldLocks: (entities: { type: 'Account'; id: string }[]) => Promise<ReadonlyMap<string, string>>;
}

/**
 * Locks the accounts a batch names in id order and then, in new statements that see what the row locks waited for, reads
 * which operations hold them and the parameters that the batch names.
 */
export async function lockExternalParams(
  { tx, heldLocks }: AccountLockingContext,
  wanted: WantedParam[],
): Promise<ExternalParamView> {
  const { now, accounts } = await lockAccounts(tx, [...new Set(wanted.map(({ accountId }) => accountId))]);
  const locks = await heldLocks(accounts.map(({ accountId }) => ({ type: 'Account', id: accountId })));
  const instanceIds = wanted.flatMap(({ instanceId }) => (instanceId === undefined ? [] : [instanceId]));
  const names = wanted.flatMap(({ accountId, name }) => (name === undefined ? [] : [{ accountId, name }]));
  const params = await selectExternalParams(tx, instanceIds, names);
  return createExternalParamView(now, { accounts, params }, locks);
}

/** The account's parameter with this name, now. */
export const paramByName = (view: ExternalParamView, accountId: string, name: string): ExternalParam | undefined =>
  view.params.get(view.names.get(nameText(accountId, name)) ?? '');

export function addParam(
  view: ExternalParamView,
  posting: Posting,
  { accountId, tenantId }: Account,
  { name, value }: { name: string; value: string },
): void {
  const param: ExternalParam = {
    ...{ instanceId: newEntityId(posting), tenantId, accountId, name, value, version: 1 },
    ...{ createdAt: posting.occurredAt, changedAt: posting.occurredAt },
  };
  putParam(view, param);
  posting.changes.push(externalParamChange(null, param));
}

export function changeParam(
  view: ExternalParamView,
  posting: Posting,
  param: ExternalParam,
  change: { name: string; value: string },
): void {
  const changed = { ...param, ...change, version: param.version + 1, changedAt: posting.occurredAt };
  dropParam(view, param);
  putParam(view, changed);
  posting.changes.push(externalParamChange(param, changed));
}

export function removeParam(view: ExternalParamView, posting: Posting, param: ExternalParam): void {
  dropParam(view, param);
  posting.changes.push(externalParamChange(param, null));
}

function putParam(view: ExternalParamView, param: ExternalParam): void {
  view.params.set(param.instanceId, param);
  view.names.set(nameText(param.accountId, param.name), param.instanceId);
}

function dropParam(view: ExternalParamView, param: ExternalParam): void {
  view.params.delete(param.instanceId);
  view.names.delete(nameText(param.accountId, param.name));
}

/** Writes what the commands of a batch made of the view. Throws CONCURRENT_CHANGE for a name that is taken meanwhile. */
export async function writeExternalParams(tx: Tx, view: ExternalParamView): Promise<void> {
  const { inserted, updated, removed } = rowsToWrite(view.loaded, view.params);
  // Parameters may exchange their names: all are away before the first comes back.
  const gone = [...removed, ...updated];
  if (gone.length > 0) await deleteExternalParams(tx, gone);
  const fresh = [...inserted, ...updated];
  if (fresh.length > 0) await insertExternalParams(tx, fresh);
}

/** A page of an account's parameters. Throws ACCOUNT_NOT_FOUND for one outside the actor's tree, as if it did not exist. */
export async function listExternalParams(
  tx: Tx,
  scope: AccountScope,
  accountId: string,
  page: Page,
): Promise<ExternalParamPage> {
  if (!(await accountInTree(tx, scope, accountId))) throw new SimyardError('ACCOUNT_NOT_FOUND');
  return selectExternalParamPage(tx, accountId, page);
}
