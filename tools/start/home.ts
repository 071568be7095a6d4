import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where a run keeps what the next one needs (`data`) and what is of interest only while it lasts (`run`). */
export interface Home {
  dir: string;
  servers: string;
  secrets: string;
  run: string;
  logs: string;
  endpoints: string;
  environment: string;
}

export function homeIn(dir: string): Home {
  const [data, run] = [join(dir, 'data'), join(dir, 'run')];
  return {
    dir,
    servers: join(data, 'servers'),
    secrets: join(data, 'secrets.json'),
    run,
    logs: join(run, 'logs'),
    endpoints: join(run, 'endpoints.json'),
    environment: join(run, 'env.json'),
  };
}

/** Writes a file that only its owner can read; whoever reads it at the same time sees the old content or the new one. */
export function writePrivate(file: string, content: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(partial, file);
}
