import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Database } from '#libs/postgres';
import {
  claimRequests,
  recordCallbacks,
  recordSteps,
  settleRequests,
  storeRequests,
  type ClaimedRequest,
  type PlatformConfig,
  type Step,
} from '../index.js';
import {
  answer,
  callback,
  connect,
  newRequests,
  requestDatabase,
  rowOf,
  type RequestDatabase,
} from './testing/requests.js';

const names = ['AIRLINQ', 'JASPER', 'TMUS'];
const perPlatform = 100;

let base: RequestDatabase;
let database: Database;
let platforms: PlatformConfig[];

beforeAll(async () => {
  base = await requestDatabase();
  database = base.database;
  platforms = await Promise.all(names.map((name) => connect(database, name)));
});
afterAll(() => base.close());

const accepted = ({ operationId }: ClaimedRequest): Step => ({
  operationId,
  answer: answer(202),
  next: { state: 'SENT', platformRequestId: `platform-${operationId}`, dueInMs: 60_000 },
});

/** As they come in: no two transactions name requests in the same order. */
const shuffled = <Item>(items: Item[]): Item[] =>
  items
    .map((item) => ({ item, at: Math.random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);

/** Requests of all platforms that have been claimed; operations' ids grow with time, and here against the platforms' names. */
async function claimed(): Promise<ClaimedRequest[]> {
  for (const platform of names.toReversed()) {
    const requests = await newRequests(database, perPlatform, { platform });
    await database.transaction((tx) => storeRequests(tx, requests));
  }
  const claims = await Promise.all(platforms.map((platform) => claimRequests(database, platform, perPlatform)));
  return claims.flat();
}

it('answers, callbacks and settlements of many platforms at once end without a deadlock', async () => {
  for (let round = 0; round < 10; round += 1) {
    const claims = await claimed();
    expect(claims).toHaveLength(names.length * perPlatform);
    const steps = shuffled(claims).map((claim) => ({ claim, step: accepted(claim) }));
    const callbacks = shuffled(claims).map((claim) => ({
      platform: claim.platform,
      accepted: callback(claim, 'DONE', { iccid: claim.iccid }),
    }));
    const ids = shuffled(claims).map(({ operationId }) => operationId);
    const lots = <Item>(items: Item[]): Item[][] => [0, 1, 2].map((lot) => items.filter((_, n) => n % 3 === lot));
    await Promise.all([
      ...lots(steps).map((lot) => database.transaction((tx) => recordSteps(tx, lot))),
      ...lots(callbacks).map((lot) => database.transaction((tx) => recordCallbacks(tx, lot))),
      ...lots(shuffled(callbacks)).map((lot) => database.transaction((tx) => recordCallbacks(tx, lot))),
      ...lots(ids).map((lot) => database.transaction((tx) => settleRequests(tx, lot))),
    ]);
    expect(await rowOf(database, ids[0] ?? '')).toMatchObject({ state: 'DONE' });
  }
});
