import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';
import { projectDir } from '#tools/infra/project-dir';

/** Writes JSON as prettier wants it. `file` is relative to the project. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(join(projectDir, file), await format(JSON.stringify(value), { parser: 'json', printWidth: 120 }));
}

/** The parsed file, or undefined when there is none. */
export async function readJson(file: string): Promise<unknown> {
  const text = await readFile(join(projectDir, file), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}
