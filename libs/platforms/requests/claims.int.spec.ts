import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database, Tx } from '#libs/postgres';
import {
  claimRequests,
  readDuePlatforms,
  storeRequests,
  type ClaimedRequest,
  type NewRequest,
  type PlatformConfig,
} from '../index.js';
import { connect, letTimePass, newRequests, requestDatabase, rowOf, type RequestDatabase } from './testing/requests.js';

let base: RequestDatabase;
let database: Database;
let jasper: PlatformConfig;

beforeAll(async () => {
  base = await requestDatabase();
  database = base.database;
});
beforeEach(async () => {
  jasper = await base.reset();
});
afterAll(() => base.close());

const claim = (limit = 10): Promise<ClaimedRequest[]> => claimRequests(database, jasper, limit);

describe('claiming', () => {
  it('gives what callers wait for first, and nothing twice while a claim lasts', async () => {
    const stream = await newRequests(database, 3, { lane: 'stream' });
    const interactive = await newRequests(database, 2, { lane: 'interactive' });
    await base.store(...stream, ...interactive);
    const first = await claim(3);
    expect(first.map((one) => one.operationId)).toEqual(
      expect.arrayContaining(interactive.map((one) => one.operationId)),
    );
    expect(first[0]).toMatchObject({
      state: 'QUEUED',
      attempts: 1,
      uncertain: false,
      operationOpen: true,
      lastAnswer: null,
    });
    expect(first).toHaveLength(3);
    expect(await claim(3)).toHaveLength(2);
    expect(await claim(3)).toEqual([]);
  });

  it('gives two processes that ask at once no request both', async () => {
    await base.store(...(await newRequests(database, 200)));
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim(40)));
    const ids = claims.flat().map((one) => one.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length + (await claim(200)).length).toBe(200);
  });

  it('gives a request in the transaction that stores it, if that is committed', async () => {
    const [kept, undone] = await newRequests(database, 2);
    const storeAndClaim = async (tx: Tx, request: NewRequest) => {
      await storeRequests(tx, [request]);
      return claimRequests(tx, jasper, 10);
    };
    const taken = await database.transaction((tx) => storeAndClaim(tx, kept!));
    expect(taken).toMatchObject([{ operationId: kept!.operationId, state: 'QUEUED', uncertain: false, attempts: 1 }]);
    expect(await claim()).toEqual([]);
    const lost = database.transaction(async (tx) => {
      expect(await storeAndClaim(tx, undone!)).toHaveLength(1);
      throw new Error('undo');
    });
    await expect(lost).rejects.toMatchObject({ cause: { message: 'undo' } });
    await expect(rowOf(database, undone!.operationId)).rejects.toThrow('No such request');
  });

  it('is for platforms that have something due, of those asked for', async () => {
    await base.storeOne({ lane: 'stream' });
    expect(await readDuePlatforms(database, ['JASPER', 'STC'])).toEqual(['JASPER']);
    expect(await readDuePlatforms(database, ['STC'])).toEqual([]);
    expect(await readDuePlatforms(database, [])).toEqual([]);
    await claim();
    expect(await readDuePlatforms(database, ['JASPER'])).toEqual([]);
    await letTimePass(database);
    expect(await readDuePlatforms(database, ['JASPER'])).toEqual(['JASPER']);
  });

  it('says that an attempt may have had effect when a claim was lost', async () => {
    const request = await base.storeOne();
    await claim();
    await letTimePass(database);
    expect((await claim())[0]).toMatchObject({ state: 'QUEUED', uncertain: true, attempts: 2 });
    expect(await rowOf(database, request.operationId)).toMatchObject({ state: 'QUEUED', uncertain: true });
  });

  it('has a platform asked first that carries out repeats, when a claim was lost', async () => {
    const iota = await connect(database, 'IOTA');
    await base.storeOne({ platform: 'IOTA' });
    const [first] = await claimRequests(database, iota, 10);
    expect(first).toMatchObject({ state: 'QUEUED', uncertain: false });
    await letTimePass(database);
    expect(await claimRequests(database, iota, 10)).toMatchObject([{ state: 'CHECKING', uncertain: true }]);
  });

  it('tells of an operation that has ended, or is past its deadline', async () => {
    await base.storeOne({ status: 'CANCELLED' });
    await base.storeOne({ deadline: new Date(Date.now() - 1000) });
    expect(await claim()).toMatchObject([{ operationOpen: false }, { operationOpen: false }]);
  });
});
