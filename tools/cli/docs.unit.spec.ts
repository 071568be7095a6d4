import { describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir } from '#tools/infra/project-dir';
import { exitCodes } from './exit-codes.js';
import { createProgram } from './program.js';

const page = readFileSync(join(projectDir, 'docs/cli.md'), 'utf8');

/** `bulk submit`, …: every command that does something. */
const leaves = (command: Command, path: string[] = []): string[] =>
  command.commands.length === 0
    ? [path.join(' ')]
    : command.commands.flatMap((child) => leaves(child, [...path, child.name()]));

describe('docs/cli.md', () => {
  it('lists the exit codes as --help does', () => {
    const rows = [...page.matchAll(/^\| (\d+)\s+\| (.*?)\s*\|$/gm)].map(([, code, meaning]) => [Number(code), meaning]);
    const codes = Object.values(exitCodes);
    expect(rows).toEqual(codes.map(({ code, meaning }) => [code, meaning]));
    let help = '';
    const program = createProgram().configureOutput({ writeOut: (text) => (help += text) });
    program.outputHelp();
    for (const { meaning } of codes) expect(help).toContain(meaning);
  });

  it('shows every command', () => {
    expect(leaves(createProgram()).filter((command) => !page.includes(command))).toEqual([]);
  });
});
