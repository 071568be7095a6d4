import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createLogger } from './logger.js';
import { startLoop } from './loop.js';

const log = createLogger('spec', 'silent');

describe('a background loop', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('moves while its passes fail, for however long', async () => {
    let passes = 0;
    const runOnce = () => {
      passes += 1;
      return Promise.reject(new Error('Postgres is away'));
    };
    const loop = startLoop({ name: 'failing', idleMs: 100, log, runOnce });
    await jest.advanceTimersByTimeAsync(3_600_000);
    expect(passes).toBeGreaterThan(100);
    expect(loop.moving()).toBe(true);
    await loop.stop();
  });

  it('moves through a long pause', async () => {
    const loop = startLoop({ name: 'idle', idleMs: 3_600_000, log, runOnce: () => Promise.resolve(false) });
    await jest.advanceTimersByTimeAsync(3_000_000);
    expect(loop.moving()).toBe(true);
    await loop.stop();
  });

  it('no longer moves when a pass has not ended after a minute', async () => {
    let end: (more: boolean) => void = () => undefined;
    const loop = startLoop({
      name: 'stuck',
      idleMs: 100,
      log,
      runOnce: () => new Promise((resolve) => (end = resolve)),
    });
    await jest.advanceTimersByTimeAsync(59_000);
    expect(loop.moving()).toBe(true);
    await jest.advanceTimersByTimeAsync(2000);
    expect(loop.moving()).toBe(false);
    end(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(loop.moving()).toBe(true);
    await loop.stop();
  });
});
