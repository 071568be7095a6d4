import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { projectDir } from '../infra/index.js';

export interface StartOptions {
  /** end after the main job */
  exit: boolean;
  help: boolean;
  /** directory of everything that a run keeps or writes */
  home: string;
}

export const usage = `Usage: npm start [-- options]

Brings up Kafka, Postgres, Simyard's services and a simulator of the operators' platforms, loads the demo fleet, shows the
main job, bulks and changes at platforms, and stays up until Ctrl-C.

Options:
  --exit       end after these: code 0 when every step worked, else 1
  --home DIR   keep data, logs and addresses in DIR instead of .simyard (also SIMYARD_HOME)
  --help       show this

Environment:
  SIMYARD_INFRA           external, testcontainers or embedded; chosen by what is there when absent
  KAFKA_BROKERS, DATABASE_URL, DWH_DATABASE_URL   servers of your own
  SIMYARD_POSTGRES_BIN    where the embedded PostgreSQL 18 is instead of the npm package's, which is built for size
  SIMYARD_GATEWAY_PORT, SIMYARD_DWH_PORT          ports of the two HTTP services; free ones when absent
  SIMYARD_…               handed to the services (docs/operations.md)`;

/** @throws Error naming an argument that is unknown */
export function readArguments(args: string[], env: NodeJS.ProcessEnv): StartOptions {
  const { values } = parseArgs({
    args,
    options: { exit: { type: 'boolean' }, help: { type: 'boolean', short: 'h' }, home: { type: 'string' } },
  });
  return { exit: values.exit ?? false, help: values.help ?? false, home: homeDir(values.home, env) };
}

/** Absolute path of the directory named by the option, the environment, or nobody. */
export function homeDir(option: string | undefined, env: NodeJS.ProcessEnv): string {
  return resolve(option ?? env['SIMYARD_HOME'] ?? join(projectDir, '.simyard'));
}
