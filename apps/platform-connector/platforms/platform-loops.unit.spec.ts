import { describe, expect, it } from '@jest/globals';
import type { PlatformConfig, Platforms } from '#libs/platforms';
import { createLogger, type Loop } from '#libs/runtime';
import { eventually } from '#libs/testing';
import { keepPlatformLoops } from './platform-loops.js';

const log = createLogger('spec', 'silent');

const platform = (name: string, baseUrl: string | null = 'http://127.0.0.1:9'): PlatformConfig => ({
  ...{ name, changes: {}, results: 'polling', idempotent: true, credentials: 'bearer', rateLimit: null, baseUrl },
  ...{ credential: null, callbackSecret: null, requestTimeoutMs: 1000, pollMs: 100, callbackGraceMs: 100 },
  ...{ giveUpMs: 1000, attempts: 1, concurrency: 1, queueLimit: 1 },
});
const byName = (...all: PlatformConfig[]): Platforms => new Map(all.map((one) => [one.name, one]));

function keepLoops(first: Platforms, starts: (platform: PlatformConfig) => boolean = () => true) {
  const told: string[] = [];
  const state = { platforms: first };
  const loopOf = ({ name }: PlatformConfig): Loop => ({
    wake: () => void told.push(`${name} woken`),
    moving: () => true,
    stop: () => Promise.resolve(void told.push(`${name} stopped`)),
  });
  const start = (one: PlatformConfig): Loop => {
    if (!starts(one)) throw new Error('its credential cannot be unsealed');
    told.push(`${one.name} started`);
    return loopOf(one);
  };
  const loops = keepPlatformLoops(() => Promise.resolve(state.platforms), start, log);
  return { loops, told, state };
}

describe('the loops of platforms', () => {
  it('are those of the connected ones, and follow the configuration', async () => {
    const [jasper, stc] = [platform('JASPER'), platform('STC')];
    const { loops, told, state } = keepLoops(byName(jasper, stc, platform('TMUS', null)));
    await eventually(() => expect(told).toEqual(['JASPER started', 'STC started']));
    state.platforms = byName(jasper, platform('STC', null), platform('TMUS'));
    loops.wake(['ELEVENTH']);
    await eventually(() => expect(told.slice(2)).toEqual(['STC stopped', 'TMUS started']));
    state.platforms = byName({ ...jasper }, platform('TMUS', null));
    loops.wake(['JASPER', 'ELEVENTH']);
    await eventually(() => {
      expect(told.slice(4)).toEqual(['JASPER woken', 'JASPER stopped', 'TMUS stopped', 'JASPER started']);
    });
    await loops.stop();
    expect(told.at(-1)).toBe('JASPER stopped');
  });

  it('go on beside one that cannot be started, which is tried again', async () => {
    let unsealed = false;
    const { loops, told } = keepLoops(
      byName(platform('STC'), platform('JASPER')),
      ({ name }) => unsealed || name !== 'STC',
    );
    await eventually(() => expect(told).toEqual(['JASPER started']));
    unsealed = true;
    loops.wake(['STC']);
    await eventually(() => expect(told).toEqual(['JASPER started', 'STC started']));
    await loops.stop();
  });
});
