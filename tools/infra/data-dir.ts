import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandLine } from './orphan.js';

const ownerFile = 'owner.pid';

/**
 * Makes this process the owner of a data directory.
 * @throws Error naming the process that owns it, when that is still alive.
 */
export async function claimDataDir(dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const owner = await ownerOf(dataDir);
  if (owner !== undefined && owner !== process.pid) {
    throw new Error(`Process ${owner} is using ${dataDir}; stop it first`);
  }
  await writeFile(join(dataDir, ownerFile), `${process.pid}\n`);
}

export async function releaseDataDir(dataDir: string, persistent: boolean): Promise<void> {
  await rm(persistent ? join(dataDir, ownerFile) : dataDir, { recursive: true, force: true, maxRetries: 5 });
}

/** Removes the directories under `parent` whose owner was killed before it could do so. */
export async function sweepAbandoned(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    const dir = join(parent, name);
    const isOwned = await readFile(join(dir, ownerFile), 'utf8').catch(() => undefined);
    if (isOwned && (await ownerOf(dir)) === undefined) await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function ownerOf(dataDir: string): Promise<number | undefined> {
  const pid = Number(await readFile(join(dataDir, ownerFile), 'utf8').catch(() => '0'));
  return /\bnode\b|jest/.test(await commandLine(pid)) ? pid : undefined;
}
