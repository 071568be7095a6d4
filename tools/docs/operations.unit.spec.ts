import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '#libs/config';
import { projectDir } from '#tools/infra/project-dir';
import { environmentVariables } from './environment-variables.js';

const page = readFileSync(join(projectDir, 'docs/operations.md'), 'utf8');
const required = {
  DATABASE_URL: 'postgres://host/database',
  KAFKA_BROKERS: 'host:9092',
  SIMYARD_SECRET_PEPPER: 'x'.repeat(32),
};

describe('docs/operations.md', () => {
  const rows = [...page.matchAll(/^\| `([A-Z_]+)`\s*\| (.*?)\s*\| (.*?)\s*\|$/gm)];
  const variables = rows.map(([, name, fallback, meaning]) => ({ name: name!, fallback: fallback!, meaning }));

  it('lists every environment variable that libs/config reads, and no other', () => {
    expect(variables.map(({ name }) => name).sort()).toEqual(environmentVariables().sort());
    expect(variables.filter(({ meaning }) => meaning === '')).toEqual([]);
  });

  it('tells the defaults', () => {
    const documented = variables.filter(({ fallback }) => fallback.startsWith('`'));
    for (const { name, fallback } of documented) {
      expect(loadConfig({ ...required, [name]: fallback.replaceAll('`', '') })).toEqual(loadConfig(required));
    }
    const without = variables.filter(({ fallback }) => fallback === 'required').map(({ name }) => name);
    expect(without.sort()).toEqual(Object.keys(required).sort());
    for (const { name } of variables.filter(({ fallback }) => fallback === '')) {
      expect(loadConfig({ ...required, [name]: '' })).toEqual(loadConfig(required));
    }
  });

  it('names every metric of the code, and no other', () => {
    const sources = globSync('{apps,libs}/**/*.ts', { cwd: projectDir }).filter((file) => !file.endsWith('.spec.ts'));
    const inCode = sources.flatMap((file) =>
      [...readFileSync(join(projectDir, file), 'utf8').matchAll(/name: '(simyard_[a-z_]+)'/g)].map(([, name]) => name),
    );
    const section = /## Metrics and alerts\n(.*?)\n## /s.exec(page)?.[1] ?? '';
    const onPage = [...section.matchAll(/`(simyard_[a-z_]+)`/g)].map(([, name]) => name);
    expect([...new Set(onPage)].sort()).toEqual([...new Set(inCode)].sort());
  });
});
