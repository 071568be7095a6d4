import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { errorCodes, isErrorCode } from '#libs/errors';
import { projectDir } from '#tools/infra/project-dir';
import { httpStatuses } from '../../apps/gateway/http/http-status.js';

interface Row {
  code: string;
  disposition: string;
  status: number;
  meaning: string;
  whatToDo: string;
}

function documented(): Row[] {
  const lines = readFileSync(join(projectDir, 'docs/errors.md'), 'utf8').split('\n');
  return lines
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const [, code = '', disposition = '', status = '', meaning = '', whatToDo = ''] = line.split(/\s*\|\s*/);
      return { code: code.replaceAll('`', ''), disposition, status: Number(status), meaning, whatToDo };
    });
}

describe('docs/errors.md', () => {
  const rows = documented();

  it('has every code of the list once, and no other', () => {
    expect(rows.map(({ code }) => code).sort()).toEqual(Object.keys(errorCodes).sort());
  });

  it('tells disposition and HTTP status as they are', () => {
    const actual = rows.map(({ code }) =>
      isErrorCode(code) ? { code, disposition: errorCodes[code].disposition, status: httpStatuses[code] } : { code },
    );
    expect(rows.map(({ code, disposition, status }) => ({ code, disposition, status }))).toEqual(actual);
  });

  it('tells what each means and what to do', () => {
    expect(rows.filter(({ meaning, whatToDo }) => meaning === '' || whatToDo === '')).toEqual([]);
  });
});
