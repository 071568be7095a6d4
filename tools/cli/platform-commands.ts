import { Option, type Command } from 'commander';
import { SimyardError } from '#libs/errors';
import {
  changeKinds,
  credentialKinds,
  listPlatforms,
  resultModes,
  savePlatform,
  type ListedPlatform,
  type PlatformSettings,
} from '#libs/platforms';
import type { Tx } from '#libs/postgres';
import { CliError } from './cli-error.js';
import { withDatabase } from './environment.js';
import { note, printJson, printRecord, printRows } from './output.js';
import {
  changesOption,
  numberOption,
  rateOption,
  secretFileOption,
  settingsOf,
  type SetOptions,
} from './platform-options.js';

export function addPlatformCommands(program: Command): void {
  const platform = program.command('platform').description('the mobile platforms that SIMs are on');
  platform.command('ls').description('all platforms').option('--json', 'as JSON').action(list);
  platform
    .command('show')
    .description('the settings of a platform; of its secrets, whether it has them')
    .argument('<name>')
    .option('--json', 'as JSON')
    .action(show);
  addSetCommand(platform);
  platform
    .command('disconnect')
    .description('take a platform’s base URL away: its SIMs are changed here alone; the rest is kept')
    .argument('<name>')
    .action(disconnect);
}

function addSetCommand(platform: Command): void {
  const set = platform
    .command('set')
    .description('change settings of a platform, or add it; with a base URL it is connected')
    .argument('<name>', 'up to 32 of A-Z, 0-9, _ and -')
    .option('--base-url <url>', 'what the paths of the contract follow')
    .option('--credential <text>', 'its bearer token or API key')
    .option('--callback-secret <text>', 'the key of its callbacks’ signatures')
    .option('--changes <list>', `all that it offers, e.g. ${changeKinds.join('=sync,')}=async; or none`, changesOption)
    .option('--rate <limit>', 'e.g. 10/1s; or none', rateOption)
    .option('--timeout-ms <n>', 'for one request', numberOption)
    .option('--poll-ms <n>', 'between two questions for an accepted change', numberOption)
    .option('--callback-grace-ms <n>', 'how long a callback is waited for before the platform is asked', numberOption)
    .option('--give-up-ms <n>', 'after its first attempt, for the platform to accept a change', numberOption)
    .option('--attempts <n>', 'most tries until a change is accepted', numberOption)
    .option('--concurrency <n>', 'requests under way at once, per process', numberOption)
    .option('--queue-limit <n>', 'most requests that wait for it', numberOption);
  const fileOption = (name: string, of: string) =>
    new Option(`--${name}-file <path>`, `a file that has ${of}`).argParser(secretFileOption).conflicts(camelCase(name));
  set
    .addOption(fileOption('credential', 'the credential'))
    .addOption(fileOption('callback-secret', 'that key'))
    .addOption(new Option('--credentials <kind>', 'how it is logged in to').choices(credentialKinds))
    .addOption(new Option('--results <mode>', 'how ends of accepted changes are learned').choices(resultModes))
    .addOption(new Option('--idempotent <answer>', 'a repeat with the same key is harmless').choices(['yes', 'no']))
    .action(change);
}

const camelCase = (name: string): string => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

async function list({ json }: { json?: true }): Promise<void> {
  const platforms = await withDatabase(listPlatforms);
  printRows(platforms, json, ({ name, changes, results, rateLimit, baseUrl }) => ({
    name,
    ...Object.fromEntries(changeKinds.map((kind) => [kind, changes[kind] ?? 'no'])),
    results,
    limit: rateLimit && `${rateLimit.requests}/${rateLimit.perMs}ms`,
    baseUrl: baseUrl ?? 'not connected',
  }));
}

async function show(name: string, { json }: { json?: true }): Promise<void> {
  const platform = await withDatabase((database) => findPlatform(database, name));
  if (json) printJson(platform);
  else printRecord({ ...platform });
}

async function change(name: string, options: SetOptions): Promise<void> {
  const settings = settingsOf(options);
  if (Object.keys(settings).length === 0) throw new CliError('usage', 'Usage: platform set NAME needs a setting.');
  await withDatabase((database, pepper) => database.transaction((tx) => savePlatform(tx, pepper, name, settings)));
  note(`Platform ${name} was stored: it acts within five seconds.`);
}

async function disconnect(name: string): Promise<void> {
  const settings: PlatformSettings = { baseUrl: null };
  await withDatabase((database, pepper) =>
    database.transaction(async (tx) => {
      await findPlatform(tx, name);
      await savePlatform(tx, pepper, name, settings);
    }),
  );
  note(`Platform ${name} is not connected any more: that holds within five seconds.`);
}

async function findPlatform(tx: Tx, name: string): Promise<ListedPlatform> {
  const found = (await listPlatforms(tx)).find((platform) => platform.name === name);
  if (!found) throw new SimyardError('PLATFORM_NOT_FOUND');
  return found;
}
