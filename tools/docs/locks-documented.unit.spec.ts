import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { bulkActions, commands } from '#libs/contracts';
import { facades, lockPolicy } from '#libs/locks';
import { projectDir } from '#tools/infra/project-dir';

/** `facade command: user and action, entity`, a line each. */
function documented(): string[] {
  const text = readFileSync(join(projectDir, 'docs/locks.md'), 'utf8');
  const isFacade = (cell: string): boolean => facades.some((facade) => facade === cell);
  return text.split('\n').flatMap((line) => {
    const [, facade = '', names = '', userAction = '', entity = ''] = line.split(/\s*\|\s*/);
    return isFacade(facade) ? names.split(', ').map((name) => `${facade} ${name}: ${userAction}, ${entity}`) : [];
  });
}

describe('the lock policy', () => {
  it('is the table of docs/locks.md', () => {
    const actual = facades.flatMap((facade) =>
      Object.entries(lockPolicy[facade]).map(
        ([name, { userAction, entity }]) => `${facade} ${name}: ${userAction}, ${entity}`,
      ),
    );
    expect(documented().sort()).toEqual(actual.sort());
  });

  it('knows every command that Kafka takes, and every action of a bulk', () => {
    expect(Object.keys(lockPolicy.kafka).sort()).toEqual(Object.keys(commands).sort());
    expect(Object.keys(lockPolicy.bulk).sort()).toEqual([...bulkActions].sort());
  });
});
