import { Option, type Command } from 'commander';
import { existsSync, readFileSync } from 'node:fs';
import { homeDir } from '../start/arguments.js';
import { homeIn } from '../start/home.js';
import type { Endpoints } from '../start/publish.js';
import { CliError } from './cli-error.js';

export interface GatewayAddress {
  url: string;
  clientId: string;
  clientSecret: string;
}

export interface GatewayOptions {
  url?: string;
  clientId?: string;
  clientSecret?: string;
  as?: string;
}

type Variables = Record<string, string | undefined>;

/** Options of every command that calls the gateway. */
export function withGatewayOptions(command: Command): Command {
  const options = {
    '--url <url>': 'of the gateway (SIMYARD_URL)',
    '--client-id <id>': '(SIMYARD_CLIENT_ID)',
    '--client-secret <secret>': '(SIMYARD_CLIENT_SECRET, which others on this machine cannot see)',
    '--as <username>': 'with the running npm start: on behalf of this client',
  };
  for (const [flags, text] of Object.entries(options)) {
    command.addOption(new Option(flags, text).helpGroup('Gateway:'));
  }
  return command;
}

/**
 * Where the gateway is, and who calls: by options, else by variables. With none of both, a client of the running
 * `npm start` on its gateway: the one with the username `as`, else one whose account is a tenant and who has the scope.
 *
 * @throws CliError naming what is missing: a client of npm start is never used on another gateway
 */
export function findGateway(
  { as, url, clientId, clientSecret }: GatewayOptions,
  { scope, environment = process.env, file = endpointsFile(environment) }: FindOptions = {},
): GatewayAddress {
  if (as !== undefined && (url ?? clientId ?? clientSecret) !== undefined) {
    throw misused('--as is for the running npm start alone');
  }
  const found = {
    url: url ?? environment['SIMYARD_URL'] ?? '',
    clientId: clientId ?? environment['SIMYARD_CLIENT_ID'] ?? '',
    clientSecret: clientSecret ?? environment['SIMYARD_CLIENT_SECRET'] ?? '',
  };
  const missing = values.filter((name) => found[name] === '');
  if (as !== undefined || missing.length === values.length) return ofRunningStart(file, as, scope);
  if (missing.length > 0) throw misused(`give ${missing.map((name) => sources[name]).join(', ')}`);
  if (!/^https?:$/.test(URL.parse(found.url)?.protocol ?? '')) throw misused(`${found.url} is no http or https URL`);
  return found;
}

interface FindOptions {
  /** that the command needs */
  scope?: string;
  environment?: Variables;
  /** written by npm start */
  file?: string;
}

const sources = {
  url: '--url or SIMYARD_URL',
  clientId: '--client-id or SIMYARD_CLIENT_ID',
  clientSecret: '--client-secret or SIMYARD_CLIENT_SECRET',
};
const values = ['url', 'clientId', 'clientSecret'] as const;

const endpointsFile = (environment: Variables): string => homeIn(homeDir(undefined, environment)).endpoints;

function ofRunningStart(file: string, as: string | undefined, scope: string | undefined): GatewayAddress {
  if (!existsSync(file)) {
    throw misused(`give ${Object.values(sources).join(', ')}, or run \`npm start\` in another terminal`);
  }
  const { gatewayUrl, clients } = JSON.parse(readFileSync(file, 'utf8')) as Endpoints;
  const mayDo = (client: Endpoints['clients'][number]): boolean => scope === undefined || client.scopes.includes(scope);
  const client = clients.find((one) =>
    as === undefined ? one.accountId === one.tenant && mayDo(one) : one.username === as,
  );
  if (!client) throw misused(`there is no such client; try --as ${clients.map(({ username }) => username).join(', ')}`);
  return { url: gatewayUrl, clientId: client.clientId, clientSecret: client.clientSecret };
}

const misused = (problem: string): CliError => new CliError('usage', `CONFIGURATION_INVALID: ${problem}.`);
