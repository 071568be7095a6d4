import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { platformErrors, platformProfiles, type PlatformProfile } from '#libs/platforms';
import { projectDir } from '#tools/infra/project-dir';
import { faultKinds, type FaultSetting } from '../../apps/platform-simulator/faults/fault.js';
import { newPlatform } from '../../libs/platforms/save-platform.js';
import { createProgram } from '../cli/program.js';
import { defaultSettings } from '../../apps/platform-simulator/world/settings.js';

const read = (page: string): string => readFileSync(join(projectDir, 'docs', page), 'utf8');

/** Rows of the page's table whose header begins so, as their cells. */
function table(header: string, page = 'platform-contract.md'): string[][] {
  const lines = read(page).split('\n');
  const start = lines.findIndex((line) => line.startsWith(header));
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  return lines.slice(start + 2, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const profiles: Record<string, PlatformProfile> = platformProfiles;

describe('docs/platform-contract.md', () => {
  it('has the platforms as they are', () => {
    const actual = Object.entries(profiles).map(([name, profile]) => {
      const { changes, results, idempotent, credentials, rateLimit } = profile;
      return [
        name,
        changes.status ?? 'no',
        changes['custom-properties'] ?? 'no',
        changes.account ?? 'no',
        results,
        idempotent ? 'yes' : 'no',
        credentials,
        rateLimit ? `${rateLimit.requests} per ${rateLimit.perMs / 1000} s` : 'no',
      ];
    });
    expect(table('| Platform ').sort()).toEqual(actual.sort());
  });

  it('has every refusal with its status', () => {
    const actual = Object.entries(platformErrors).map(([code, { status }]) => [`\`${code}\``, String(status)]);
    expect(table('| Code ').map((row) => row.slice(0, 2))).toEqual(actual);
  });

  it('has every fault with the settings it takes', () => {
    const actual = Object.entries(faultKinds).map(([kind, { takes, needs }]) => {
      const required: readonly FaultSetting[] = needs;
      const settings = takes.map((setting) => `\`${setting}\`${required.includes(setting) ? ' (required)' : ''}`);
      return [`\`${kind}\``, settings.join(', ')];
    });
    expect(table('| Kind ').map((row) => row.slice(0, 2))).toEqual(actual);
  });

  it('names every setting of a platform', () => {
    const named = table('| Setting ').flatMap(([names = '']) => names.replaceAll('`', '').split(', '));
    expect(named.sort()).toEqual([...Object.keys(defaultSettings('X')), 'rateLimit'].sort());
  });
});

describe('docs/platforms.md', () => {
  const rows = table('| Setting ', 'platforms.md');

  it('has every setting, and what a new platform has of it', () => {
    const { name: _, sealedCredential, sealedCallbackSecret, ...settings } = newPlatform('X');
    const actual = { ...settings, credential: sealedCredential, callbackSecret: sealedCallbackSecret };
    const documented = rows.map(([name = '', , value]) => [name.replaceAll('`', ''), value]);
    expect(Object.fromEntries(documented)).toEqual(
      Object.fromEntries(Object.entries(actual).map(([name, value]) => [name, shown(value)])),
    );
  });

  it('has every option of platform set', () => {
    const platform = createProgram().commands.find((command) => command.name() === 'platform');
    const set = platform?.commands.find((command) => command.name() === 'set');
    const documented = rows.flatMap(([, options = '']) =>
      [...options.matchAll(/`(--[a-z-]+)/g)].map(([, name]) => name),
    );
    expect(documented.sort()).toEqual(set?.options.map(({ long }) => long).sort());
  });
});

function shown(value: string | number | boolean | object | null): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'object' ? 'none' : String(value);
}
