import { describe, expect, it } from '@jest/globals';
import type { PlatformConfig, Platforms } from '#libs/platforms';
import type { Tx } from '#libs/postgres';
import { createLogger } from '#libs/runtime';
import { eventually } from '#libs/testing';
import type { PlatformLoop } from './platform-loop.js';
import { keepPlatformLoops } from './platform-loops.js';

const log = createLogger('spec', 'silent');

const platform = (name: string, baseUrl: string | null = 'http://127.0.0.1:9'): PlatformConfig => ({
  ...{ name, changes: {}, results: 'polling', idempotent: true, credentials: 'bearer', rateLimit: null, baseUrl },
  ...{ credential: null, callbackSecret: null, requestTimeoutMs: 1000, pollMs: 100, callbackGraceMs: 100 },
  ...{ giveUpMs: 1000, attempts: 1, concurrency: 1, queueLimit: 1 },
});
const byName = (...all: PlatformConfig[]): Platforms => new Map(all.map((one) => [one.name, one]));

const asked = () => Promise.reject(new Error('was asked'));
const tx: Tx = { query: asked, execute: asked, write: asked };
const brokenTx: Tx = { ...tx };

function keepLoops(first: Platforms, starts: (platform: PlatformConfig) => boolean = () => true) {
  const told: string[] = [];
  const state = { platforms: first };
  const loopOf = ({ name }: PlatformConfig): PlatformLoop => ({
    wake: () => void told.push(`${name} woken`),
    claimIn: (tx) => {
      if (tx === brokenTx && name === 'STC') throw new Error('Postgres is away');
      told.push(`${name} claimed`);
      return Promise.resolve({
        begin: () => void told.push(`${name} begun`),
        drop: () => void told.push(`${name} dropped`),
      });
    },
    moving: () => true,
    stop: () => Promise.resolve(void told.push(`${name} stopped`)),
  });
  const start = (one: PlatformConfig): PlatformLoop => {
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

  it('claim in a transaction for several platforms, all of which begin or are dropped together', async () => {
    const { loops, told } = keepLoops(byName(platform('JASPER'), platform('STC')));
    await eventually(() => expect(loops.names()).toEqual(['JASPER', 'STC']));
    told.length = 0;
    (await loops.claimIn(tx, ['JASPER', 'STC'])).begin();
    expect(told.splice(0)).toEqual(['JASPER claimed', 'STC claimed', 'JASPER begun', 'STC begun']);
    (await loops.claimIn(tx, ['STC'])).drop();
    expect(told.splice(0)).toEqual(['STC claimed', 'STC dropped']);
    await expect(loops.claimIn(brokenTx, ['JASPER', 'STC'])).rejects.toThrow('Postgres is away');
    expect(told.splice(0)).toEqual(['JASPER claimed', 'JASPER dropped']);
    await loops.stop();
  });

  it('look for a platform that is not known yet once something is stored for it', async () => {
    const { loops, told, state } = keepLoops(byName(platform('JASPER')));
    await eventually(() => expect(told).toEqual(['JASPER started']));
    state.platforms = byName(...state.platforms.values(), platform('ELEVENTH'));
    (await loops.claimIn(tx, ['ELEVENTH'])).begin();
    await eventually(() => expect(told).toEqual(['JASPER started', 'ELEVENTH started']));
    await loops.stop();
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
