import { expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { preparePostgres } from './embedded-postgres.js';

it('names the program that is missing where PostgreSQL was said to be', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'simyard-bin-'));
  const missing = `SIMYARD_POSTGRES_BIN=${dir}: ${join(dir, 'initdb')} is not there`;
  await expect(preparePostgres(join(dir, 'data'), 1, dir)).rejects.toThrow(missing);
  rmSync(dir, { recursive: true });
});
