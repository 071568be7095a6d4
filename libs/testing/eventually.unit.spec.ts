import { describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.js';

describe('eventually', () => {
  it('returns the first result that is not an error', async () => {
    let attempts = 0;
    const attempt = () => {
      if (++attempts < 3) throw new Error('not yet');
      return attempts;
    };
    expect(await eventually(attempt, { intervalMs: 1 })).toBe(3);
  });

  it('throws the error of the last attempt', async () => {
    let attempts = 0;
    const attempt = () => Promise.reject(new Error(`attempt ${++attempts}`));
    await expect(eventually(attempt, { timeoutMs: 5, intervalMs: 1 })).rejects.toThrow(/^attempt \d+$/);
  });
});
