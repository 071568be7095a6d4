import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's root: this file runs from tools/ in tests and from dist/tools/ otherwise. */
export const projectDir = findUpwards(dirname(fileURLToPath(import.meta.url)));

function findUpwards(dir: string): string {
  if (existsSync(join(dir, 'package.json'))) return dir;
  const parent = dirname(dir);
  if (parent === dir) throw new Error('No package.json above tools/infra');
  return findUpwards(parent);
}
