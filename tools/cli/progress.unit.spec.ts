import { describe, expect, it } from '@jest/globals';
import { WriteStream } from 'node:tty';
import { barLine, createProgress, plainLine, type ProgressOptions } from './progress.js';

const plain = (_: unknown, text: string): string => text;

/** What a stream with these properties gets; it is no terminal of ours. */
function written(properties: { isTTY: boolean }, options: ProgressOptions, states = [{ fraction: 0.5, text: 'half' }]) {
  let output = '';
  const write = (text: string): boolean => {
    output += text;
    return true;
  };
  const stream: NodeJS.WriteStream = Object.assign(Object.create(WriteStream.prototype), {
    columns: 40,
    rows: 20,
    ...properties,
    write,
  });
  const progress = createProgress({ stream, environment: {}, ...options });
  for (const state of states) progress.show(state);
  progress.note('a note');
  progress.end();
  return output;
}

describe('a bar', () => {
  it('grows with what is done, and never says 100% before the end', () => {
    expect(barLine({ fraction: 0.5, text: '5 of 10' }, 80, plain)).toBe(
      `${'█'.repeat(15)}${'░'.repeat(15)}  50%  5 of 10`,
    );
    expect(barLine({ fraction: 0.9999, text: '' }, 80, plain)).toContain(' 99%');
    expect(barLine({ fraction: 1, text: '' }, 80, plain)).toBe(`${'█'.repeat(30)} 100%  `);
  });

  it.each([20, 40, 80, 200])('fits a terminal of %i columns', (columns) => {
    const text = '5,000 of 10,000, 12 failed, 2,431/s, 3 min 20 s left';
    expect(barLine({ fraction: 0.5, text }, columns, plain).length).toBeLessThan(columns);
    expect(barLine({ text }, columns, plain).length).toBeLessThan(columns);
  });
});

describe('progress', () => {
  it('is a coloured bar on a terminal', () => {
    const output = written({ isTTY: true }, {});
    expect(output).toContain('\u001b[32m');
    expect(output).toContain('a note\n');
  });

  it('has no colour with NO_COLOR, and no bar on a terminal that cannot write over a line', () => {
    // eslint-disable-next-line no-control-regex -- of a colour
    expect(written({ isTTY: true }, { environment: { NO_COLOR: '1' } })).not.toMatch(/\u001b\[\d+m/);
    expect(written({ isTTY: true }, { environment: { TERM: 'dumb' } })).toBe('a note\n');
  });

  it('is a line every five seconds elsewhere', () => {
    let at = 0;
    const now = (): number => (at += 2000);
    const states = [1, 2, 3, 4, 5, 6].map((done) => ({ fraction: done / 10, text: `${done} of 10` }));
    expect(written({ isTTY: false }, { now }, states)).toMatch(/^\d0% {2}\d of 10\n\d0% {2}\d of 10\na note\n$/);
  });

  it('is nothing when quiet', () => {
    expect(written({ isTTY: true }, { quiet: true })).toBe('');
    expect(written({ isTTY: false }, { quiet: true })).toBe('');
  });

  it('of a pipe has no percentage', () => {
    expect(plainLine({ text: '12.0 MB sent' })).toBe('12.0 MB sent');
  });
});
