import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { subscriberStates } from '#libs/contracts';
import { mayGo, simStatusOf, stateOfSim } from './states.js';

/** Rows of docs/states.md's tables, cells trimmed. */
const documented = readFileSync('docs/states.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

describe('docs/states.md', () => {
  it.each(subscriberStates)('shows where a subscriber may go from %s', (from) => {
    expect(documented).toContainEqual([from, ...subscriberStates.map((to) => (mayGo(from, to) ? 'yes' : '–'))]);
  });

  it.each(subscriberStates)('shows the status of the SIM of a subscriber that is %s', (state) => {
    expect(documented.map((row) => row.slice(0, 2))).toContainEqual([simStatusOf[state], state]);
    expect(stateOfSim[simStatusOf[state]]).toBe(state);
  });
});
