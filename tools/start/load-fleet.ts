import type { CommandData } from '#libs/contracts';
import { insertAccounts, insertOffers, saveBusinessUnit } from '#libs/inventory';
import type { OutgoingMessage, Producer } from '#libs/kafka';
import type { Database } from '#libs/postgres';
import { demoBusinessUnits, readAccounts, readFleet, readOffers, type FleetRow } from '../fleet/index.js';
import { findExisting, readCommandStates } from './fleet.sql.js';
import { poll } from './poll.js';
import { commandMessage, sendCommands } from './send-command.js';

/** CloudEvents source of the commands that load the fleet. */
const source = '/simyard/demo-fleet';
const perSend = 250;
const timeoutMs = 120_000;

/** A subscriber of the fleet with the tenant of its account. */
export interface DemoSubscriber extends FleetRow {
  tenantId: string;
}

/** Makes the demo's accounts, offers and business units that do not exist; there is no command for them. */
export async function loadAccountsAndOffers(database: Database): Promise<void> {
  await insertAccounts(database, await readAccounts());
  await insertOffers(database, await readOffers());
  for (const unit of demoBusinessUnits) await saveBusinessUnit(database, unit);
}

/** The subscribers of examples/fleet.csv. */
export async function readDemoFleet(): Promise<DemoSubscriber[]> {
  const parents = new Map((await readAccounts()).map((account) => [account.accountId, account.parentId]));
  const rootOf = (accountId: string): string => {
    const parent = parents.get(accountId);
    return parent === undefined ? accountId : rootOf(parent);
  };
  return (await readFleet()).map((row) => ({ ...row, tenantId: rootOf(row.accountId) }));
}

export interface FleetLoad {
  database: Database;
  producer: Producer;
  /** username of the tenant's client, on whose behalf its subscribers are created */
  actorOf: (tenantId: string) => string;
  progress: (text: string) => void;
  signal: AbortSignal;
}

/**
 * Creates the subscribers that are missing, by commands over Kafka as a CRM would send them, and waits for their outcomes.
 * Command ids are always the same, so an interrupted load goes on where it was. Returns how many were created.
 * @throws Error naming a command that was refused
 */
export async function loadFleet(fleet: DemoSubscriber[], load: FleetLoad): Promise<number> {
  const existing = await findExisting(load.database, fleet);
  const missing = fleet.filter((_, index) => !existing.has(index));
  for (let from = 0; from < missing.length; from += perSend) {
    const messages = missing.slice(from, from + perSend).map((row) => toCommand(row, load.actorOf));
    await sendCommands(load.producer, messages, load.signal);
  }
  if (missing.length > 0) await untilCreated(missing, load);
  return missing.length;
}

function toCommand(row: DemoSubscriber, actorOf: FleetLoad['actorOf']): OutgoingMessage {
  return commandMessage({
    name: 'CreateSubscriber',
    id: commandId(row),
    source,
    key: row.externalId,
    client: { tenant: row.tenantId, username: actorOf(row.tenantId) },
    data: createSubscriber(row),
  });
}

const commandId = ({ externalId }: FleetRow): string => `demo-fleet-${externalId}`;

function createSubscriber(row: FleetRow): CommandData<'CreateSubscriber'> {
  const { externalId, accountId, state, platform, iccid, imsi } = row;
  const resources = (['msisdn', 'email', 'username'] as const)
    .map((column) => ({ type: column.toUpperCase(), value: row[column] }))
    .filter(({ value }) => value !== '');
  return { requestId: commandId(row), externalId, accountId, state, platform, sim: { iccid, imsi }, resources };
}

async function untilCreated(missing: DemoSubscriber[], { database, progress, signal }: FleetLoad): Promise<void> {
  const ids = missing.map(commandId);
  let shown = -1;
  const ask = async (): Promise<true | undefined> => {
    const states = await readCommandStates(database, source, ids);
    const failed = states.find((state) => state.code !== null);
    if (failed) throw new Error(`${failed.commandId} ended as ${failed.status}: ${failed.code ?? ''}`);
    if (states.length !== shown) progress(`${(shown = states.length)} of ${ids.length} subscribers created`);
    return states.length === ids.length ? true : undefined;
  };
  await poll('the outcomes of the fleet', ask, { signal, timeoutMs, intervalMs: 200 });
}
