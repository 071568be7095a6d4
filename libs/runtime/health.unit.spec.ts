import { describe, expect, it } from '@jest/globals';
import { Health } from './health.js';

describe('health', () => {
  it('is ready when every check passes; one that throws does not pass', async () => {
    const health = new Health();
    health.ready('postgres', () => Promise.reject(new Error('away')));
    health.ready('consumer', () => true);
    expect(await health.readyReport()).toEqual({ ready: false, checks: { postgres: 'down', consumer: 'up' } });
    health.ready('postgres', () => Promise.resolve(true));
    expect(await health.readyReport()).toMatchObject({ ready: true });
  });

  it('shows what the service can do without for a while, and stays ready and alive', async () => {
    const health = new Health();
    health.show('relay stream', () => false);
    expect(await health.readyReport()).toEqual({ ready: true, checks: { 'relay stream': 'down' } });
    expect(await health.aliveReport()).toEqual({ ready: true, checks: {} });
  });

  it('is not ready once it drains', async () => {
    const health = new Health();
    health.drain();
    expect(await health.readyReport()).toEqual({ ready: false, checks: { draining: 'down' } });
  });
});
