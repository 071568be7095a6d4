import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';

interface Account {
  readonly uid: number;
  readonly gid: number;
}

export type CommandLine = readonly [program: string, ...args: string[]];

/** How to run a program that refuses to run as root. */
export interface RunAs {
  /** Who must own the files that the program writes; undefined when that is ourselves. */
  readonly owner: Account | undefined;
  /** The command line that runs the given one so. */
  wrap(command: CommandLine): CommandLine;
  /** For child_process. */
  readonly ids: Partial<Account>;
}

/** Accounts that exist anyway, so that nothing has to be added to the machine. */
const accounts = ['postgres', 'nobody'];

/**
 * Root runs Postgres as another account. Where that account may not enter one of the paths (a checkout under /root or in
 * a private temporary directory), it is given the one capability that lets it pass.
 */
export function unprivileged(paths: readonly string[]): RunAs {
  if (process.getuid?.() !== 0) return { owner: undefined, wrap: asItIs, ids: {} };
  const owner = findAccount();
  if (paths.every(isOpenToAll)) return { owner, wrap: asItIs, ids: owner };
  const user = [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups'];
  // initdb asks access(2), which takes a non-root user's capabilities away for the question unless the secure bit is set.
  const capability = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override', '--securebits=+no_setuid_fixup'];
  return { owner, wrap: (command) => ['setpriv', ...user, ...capability, ...command], ids: {} };
}

const asItIs = (command: CommandLine): CommandLine => command;

function findAccount(): Account {
  for (const name of accounts) {
    const [uid, gid] = ['-u', '-g'].map((flag) => idOf(flag, name));
    if (uid && gid) return { uid, gid };
  }
  throw new Error(`Postgres does not run as root, and this machine has none of the accounts ${accounts.join(', ')}`);
}

function idOf(flag: string, name: string): number | undefined {
  try {
    return Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return undefined;
  }
}

function isOpenToAll(path: string): boolean {
  const othersMayEnter = (statSync(path).mode & 0o001) !== 0;
  return othersMayEnter && (path === '/' || isOpenToAll(dirname(path)));
}
