import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase, type Database } from '#libs/postgres';
import { testDatabase, type TestDatabase } from '#libs/testing';
import {
  isConnected,
  listPlatforms,
  platformProfiles,
  platformSource,
  savePlatform,
  type PlatformConfig,
  type PlatformProfile,
  type PlatformSettings,
} from './index.js';

const pepper = 'p'.repeat(32);
let testDb: TestDatabase;
let db: Database;

beforeAll(async () => {
  testDb = await testDatabase();
  db = await openDatabase({ url: testDb.url, applicationName: 'platforms-spec', poolSize: 4 });
});

afterAll(async () => {
  await db.close();
  await testDb.drop();
});

beforeEach(async () => {
  await db.execute(`delete from platforms.platform where name like 'SPEC%'`);
});

const save = (name: string, settings: PlatformSettings): Promise<void> =>
  db.transaction((tx) => savePlatform(tx, pepper, name, settings));

const read = async (name: string): Promise<PlatformConfig> => (await platformSource(pepper)(db)).get(name)!;

const connected: PlatformSettings = {
  changes: { status: 'async', account: 'sync' },
  credentials: 'api-key',
  rateLimit: { requests: 5, perMs: 500 },
  baseUrl: 'https://platform.example/api/',
  credential: 'its-token',
  callbackSecret: 'its-secret',
  attempts: 3,
};

describe('a new database', () => {
  it('has the ten platforms as they are described, and calls none', async () => {
    const platforms = await platformSource(pepper)(db);
    const profiles = Object.entries<PlatformProfile>(platformProfiles);
    expect([...platforms.keys()].sort()).toEqual(profiles.map(([name]) => name).sort());
    for (const [name, profile] of profiles) {
      expect(platforms.get(name)).toEqual({ ...untouched, ...profile, name });
    }
    expect([...platforms.values()].filter(isConnected)).toEqual([]);
  });
});

/** What the migration gives, and savePlatform to a new platform. */
const untouched: Omit<PlatformConfig, 'name'> = {
  ...{ changes: {}, results: 'callback', idempotent: true, credentials: 'bearer', rateLimit: null },
  ...{ baseUrl: null, credential: null, callbackSecret: null },
  ...{ requestTimeoutMs: 10_000, pollMs: 1000, callbackGraceMs: 30_000, giveUpMs: 60_000 },
  ...{ attempts: 6, concurrency: 32, queueLimit: 100_000 },
};

describe('savePlatform', () => {
  it('makes a platform that is as all others where nothing is said of it', async () => {
    await save('SPEC', {});
    expect(await read('SPEC')).toEqual({ ...untouched, name: 'SPEC' });
  });

  it('keeps what is not given, and takes away what is null', async () => {
    await save('SPEC', connected);
    await save('SPEC', { pollMs: 200, rateLimit: null });
    const expected = { ...untouched, ...connected, name: 'SPEC', baseUrl: 'https://platform.example/api' };
    expect(await read('SPEC')).toEqual({ ...expected, pollMs: 200, rateLimit: null });
    await save('SPEC', { baseUrl: null, callbackSecret: null });
    expect(await read('SPEC')).toMatchObject({ baseUrl: null, credential: 'its-token', callbackSecret: null });
  });

  it('refuses what is wrong, says all of it, and leaves the platform as it is', async () => {
    await save('SPEC', connected);
    const wrong = { baseUrl: 'gopher://x', attempts: 0, credential: 'with space', callbackSecret: null };
    await expect(save('SPEC', wrong)).rejects.toMatchObject({
      ...{ code: 'REQUEST_INVALID' },
      details: {
        problems: ['baseUrl', 'attempts', 'callbackSecret', 'credential'].map((field): unknown =>
          expect.objectContaining({ field }),
        ),
      },
    });
    await expect(save('spec', {})).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    expect(await read('SPEC')).toMatchObject({ attempts: 3, credential: 'its-token' });
  });

  it('does not lose one of two changes at once', async () => {
    await save('SPEC', connected);
    await Promise.all([save('SPEC', { attempts: 9 }), save('SPEC', { pollMs: 77 }), save('SPEC', { concurrency: 8 })]);
    expect(await read('SPEC')).toMatchObject({ attempts: 9, pollMs: 77, concurrency: 8 });
  });
});

describe('the secrets of a platform', () => {
  it('are stored sealed, and not listed', async () => {
    await save('SPEC', connected);
    const [row] = await db.query<{ text: string }>(`select platform::text as text from platforms.platform
      where name = 'SPEC'`);
    const listed = (await listPlatforms(db)).find(({ name }) => name === 'SPEC');
    expect(listed).toMatchObject({ hasCredential: true, hasCallbackSecret: true, changedAt: expect.any(Date) });
    for (const shown of [row!.text, JSON.stringify(listed)]) {
      expect(shown).toContain('platform.example');
      expect(shown).not.toMatch(/its-token|its-secret/);
    }
  });

  it('stop only who asks for them when the pepper is another, and can be stored again', async () => {
    await save('SPEC', connected);
    const other = 'q'.repeat(32);
    const platform = (await platformSource(other)(db)).get('SPEC')!;
    expect(platform).toMatchObject({ name: 'SPEC', baseUrl: 'https://platform.example/api' });
    expect(() => platform.credential).toThrow(expect.objectContaining({ code: 'CONFIGURATION_INVALID' }));
    await db.transaction((tx) => savePlatform(tx, other, 'SPEC', { credential: 'a', callbackSecret: 'b' }));
    const stored = (await platformSource(other)(db)).get('SPEC');
    expect(stored).toMatchObject({ credential: 'a', callbackSecret: 'b' });
  });
});

describe('platformSource', () => {
  it('reads again when its copy is too old, and keeps what did not change', async () => {
    await save('SPEC', connected);
    const [cached, fresh] = [platformSource(pepper, 3_600_000), platformSource(pepper, 0)];
    const before = { cached: await cached(db), fresh: await fresh(db) };
    await save('SPEC', { attempts: 4 });
    const after = { cached: await cached(db), fresh: await fresh(db) };
    expect(after.cached).toBe(before.cached);
    expect(after.fresh.get('SPEC')).toMatchObject({ attempts: 4 });
    expect(after.fresh.get('TMUS')).toBe(before.fresh.get('TMUS'));
  });
});
