/**
 * Installs and builds what is missing or stale, then runs one of our programs on the Node of node_modules.
 *
 *     node tools/setup.mjs [start|cli|bench|infra] [arguments…]
 *
 * Needs Node 20 or later, and nothing else: it is what runs before anything is installed. Standard output belongs to the
 * program; our own lines, and those of npm, go to standard error.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (...parts) => join(root, ...parts);
const node = at('node_modules/.bin/node');
const sourceDirs = ['apps', 'libs', 'tools'];
const buildStamp = at('dist/.sources');

const [command, ...args] = process.argv.slice(2);

requireNode(20);
withLock(() => {
  if (!isInstalled()) install();
  if (!isBuilt()) build();
});
if (command) runProgram(at('dist/tools', command, 'main.js'), args);

function requireNode(major) {
  if (Number(process.versions.node.split('.')[0]) < major)
    fail(`Node ${process.versions.node} is too old: ${major} or later is needed`);
}

/** npm keeps what it has installed in a lock file of its own; that must hold every package of ours, as ours describes it. */
function isInstalled() {
  if (!existsSync(node)) return false;
  const wanted = packagesOf('package-lock.json');
  const installed = packagesOf('node_modules/.package-lock.json');
  return Object.entries(wanted).every(
    ([path, { optional, integrity }]) => path === '' || optional || installed[path]?.integrity === integrity,
  );
}

function packagesOf(file) {
  return existsSync(at(file)) ? JSON.parse(readFileSync(at(file), 'utf8')).packages : {};
}

function install() {
  say('installing packages (npm ci)');
  run('npm', ['ci'], 'npm ci failed');
  if (spawnSync(node, ['--version']).status !== 0) {
    fail('node_modules/.bin/node does not run: the install script of the package "node" was not allowed to run');
  }
}

function isBuilt() {
  return existsSync(buildStamp) && readFileSync(buildStamp, 'utf8') === sourcesHash();
}

function build() {
  say('building (npm run build)');
  const hash = sourcesHash();
  run('npm', ['run', '--silent', 'build'], 'the build failed');
  removeOrphans();
  writeFileSync(buildStamp, hash);
}

/** Programs of sources that are gone would still be found by whoever lists dist. */
function removeOrphans() {
  for (const file of sourceDirs.flatMap((dir) => filesUnder(join('dist', dir)))) {
    const source = file.replace(/^dist./, '').replace(/\.js(\.map)?$/, '.ts');
    if (!existsSync(at(source))) rmSync(at(file));
  }
}

function sourcesHash() {
  const hash = createHash('sha256');
  const sources = sourceDirs.flatMap(filesUnder).filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'));
  for (const file of [
    ...sources,
    'nest-cli.json',
    '.swcrc',
    'tsconfig.json',
    'tsconfig.base.json',
    'package-lock.json',
  ]) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(at(file)))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesUnder(dir) {
  if (!existsSync(at(dir))) return [];
  const entries = readdirSync(at(dir), { withFileTypes: true });
  return entries
    .flatMap((entry) => (entry.isDirectory() ? filesUnder(join(dir, entry.name)) : [join(dir, entry.name)]))
    .sort();
}

/** One set-up at a time in a checkout. A lock whose holder was killed is taken over. */
function withLock(work) {
  const lock = at('.simyard/setup.lock');
  mkdirSync(at('.simyard'), { recursive: true });
  for (let waited = false; !tryLock(lock); waited = true) {
    if (!waited) say('waiting for another set-up of this checkout');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
  const release = () => rmSync(lock, { force: true });
  process.once('exit', release);
  work();
  release();
  process.removeListener('exit', release);
}

/** The lock appears with its content, by a link: a file that is made and then written could be read while it is empty. */
function tryLock(lock) {
  const ours = `${lock}.${process.pid}`;
  writeFileSync(ours, String(process.pid));
  try {
    linkSync(ours, lock);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!isAlive(Number(readIfThere(lock)))) rmSync(lock, { force: true });
    return false;
  } finally {
    rmSync(ours);
  }
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function isAlive(pid) {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** npm must not run on the Node inside node_modules, which `npm ci` removes while it works. */
function run(program, programArgs, failure) {
  const path = process.env.PATH.split(delimiter).filter((dir) => !dir.startsWith(at('node_modules')));
  const { status, error } = spawnSync(program, programArgs, {
    cwd: root,
    // The caller's own npm configuration wins; without one, the many warnings about Node 20 stay out of the way.
    env: { npm_config_loglevel: 'error', ...process.env, PATH: path.join(delimiter) },
    stdio: ['ignore', process.stderr, process.stderr],
  });
  if (error) fail(`could not run ${program}: ${error.message}`);
  if (status !== 0) fail(failure);
}

/**
 * Hands the terminal, the signals and the exit code through. When we are killed, the program's `disconnect` event tells it;
 * when npm, which started us, is killed, a change of parent tells us.
 */
function runProgram(main, programArgs) {
  if (!existsSync(main)) fail(`there is no program "${command}"`);
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc'];
  const child = spawn(node, ['--enable-source-maps', main, ...programArgs], { stdio });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  if (process.env.npm_lifecycle_event) endWithParent(process.ppid, child);
  child.once('error', (error) => fail(`could not run ${node}: ${error.message}`));
  child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

function endWithParent(parent, child) {
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, 500);
}

function say(line) {
  console.error(`setup: ${line}`);
}

function fail(line) {
  say(line);
  process.exit(1);
}
