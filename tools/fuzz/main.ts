import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { saveBusinessUnit } from '#libs/inventory';
import { createBenchStack, type BenchStack } from '../bench/stack.js';
import { benchTenant } from '../bench/fleet.js';
import { projectDir } from '../infra/index.js';

/** The release that the configuration beside this file is written for. */
const schemathesis = 'schemathesis==4.32.5';
const subscribers = 1000;
const home = join(projectDir, '.simyard/fuzz');
const say = (line: string): void => void process.stderr.write(`fuzz: ${line}\n`);

/**
 * Sends generated requests, right and wrong, to a gateway with all its services, by its own OpenAPI document: no answer may
 * be a fault or differ from the document. Arguments are handed to Schemathesis, e.g. `-- --max-examples 500`.
 */
async function main(): Promise<number> {
  await mkdir(home, { recursive: true });
  const program = await install();
  const stack = await createBenchStack(subscribers, home, say, fuzzEnvironment);
  try {
    await saveBusinessUnit(stack.database, { businessId: 'TT', accountIds: [benchTenant] });
    return await fuzz(program, stack);
  } finally {
    await stack.stop();
  }
}

/** Nobody waits long for a generated command, and no client is too fast. */
const fuzzEnvironment = { SIMYARD_RESPONSE_TIMEOUT_MS: '300', SIMYARD_HYBRIS_RATE: '100000' };

/** Schemathesis in a virtual environment of its own, made once. */
async function install(): Promise<string> {
  const program = join(home, 'venv', 'bin', 'schemathesis');
  const isThere = await access(program).then(
    () => true,
    () => false,
  );
  if (isThere) return program;
  say(`installing ${schemathesis}`);
  await run('python3', ['-m', 'venv', join(home, 'venv')]);
  await run(join(home, 'venv', 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', schemathesis]);
  return program;
}

async function run(program: string, args: string[]): Promise<void> {
  const code = await exitCode(program, args);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}. Python 3 with venv is needed.`);
}

async function fuzz(program: string, stack: BenchStack): Promise<number> {
  const [gateway] = await stack.start(['gateway', 'subscriber', 'resource-swap', 'bulk-jobs', 'monitor']);
  const url = await gateway?.up;
  const { clientId, clientSecret } = stack.credentials;
  const reports = await mkdtemp(join(home, 'report-'));
  say(`reports go to ${reports}`);
  const environment = {
    FUZZ_CLIENT_ID: clientId,
    FUZZ_CLIENT_SECRET: clientSecret,
    SCHEMATHESIS_HOOKS: join(projectDir, 'tools/fuzz/hooks.py'),
  };
  const args = [
    ...['--config-file', join(projectDir, 'tools/fuzz/schemathesis.toml'), 'run', `${url}/openapi.json`],
    ...['--report', 'junit', '--report-dir', reports, '--workers', '1'],
    ...process.argv.slice(2),
  ];
  return exitCode(program, args, environment);
}

async function exitCode(program: string, args: string[], environment = {}): Promise<number> {
  const env = { ...process.env, ...environment };
  // It keeps a cache where it runs.
  const child = spawn(program, args, { cwd: home, stdio: ['ignore', 'inherit', 'inherit'], env });
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}

process.exitCode = await main();
