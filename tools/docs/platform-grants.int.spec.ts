import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { PlatformChange, platformRequestsTopic } from '#libs/contracts';
import { SimyardError } from '#libs/errors';
import {
  claimRequests,
  countRequests,
  deleteOldRequests,
  platformSource,
  readPlatformAnswers,
  recordCallbacks,
  recordSteps,
  savePlatform,
  settleRequests,
  storeRequests,
  type AcceptedRequest,
  type NewRequest,
} from '#libs/platforms';
import { commandRecord } from '#libs/testing';
import { writeDeadLetters } from '#libs/transactions';
import { createThrottle } from '../../apps/platform-connector/calls/throttle.js';
import { grantedDatabase, type GrantedDatabase } from './testing/granted-database.js';

const pepper = 'p'.repeat(32);
const operationId = '01980000-0000-7000-8000-000000000001';
const iccid = '89000000000000000001';
const request: NewRequest = {
  ...{ operationId, tenantId: 'ACME', actor: 'acme-crm', correlationId: 'c', requestId: null, transactionId: null },
  ...{ lane: 'stream', platform: 'TMSP', iccid, subscriberId: randomUUID() },
  change: Object.assign(new PlatformChange(), { kind: 'status', status: 'ACTIVE' } as const),
};
let granted: GrantedDatabase;

beforeAll(async () => {
  granted = await grantedDatabase();
  const settings = { baseUrl: 'http://127.0.0.1:9', credential: 'c', callbackSecret: 's' };
  await granted.as('cli').transaction((tx) => savePlatform(tx, pepper, 'TMSP', settings));
});

afterAll(() => granted.drop());

/** Each test runs what the service itself runs; they build on each other. */
describe('with deploy/postgres/grants.sql', () => {
  it('platform-connector stores requests, claims them, keeps a limit and records what came of them', async () => {
    const connector = granted.as('platform_connector');
    expect(await connector.transaction((tx) => storeRequests(tx, [request]))).toMatchObject({ stored: 1 });
    const letter = {
      record: commandRecord('SwapSubscriberResource', {}, { topic: platformRequestsTopic }),
      attempts: 1,
    };
    const error = new SimyardError('MESSAGE_NOT_JSON');
    expect(await connector.transaction((tx) => writeDeadLetters(tx, [{ ...letter, error }]))).toHaveLength(1);
    const platform = (await platformSource(pepper)(connector)).get('TMSP')!;
    const [claim] = await claimRequests(connector, platform, 10);
    const throttle = createThrottle(connector, { name: 'TMSP', rateLimit: { requests: 10, perMs: 1000 } });
    expect(await throttle.take(0)).toBe(0);
    const next = { state: 'SENT', platformRequestId: 'P-1', dueInMs: 1000 } as const;
    const steps = [{ claim: claim!, step: { operationId, answer: null, next } }];
    expect(await connector.transaction((tx) => recordSteps(tx, steps))).toBe(1);
    expect(await countRequests(connector)).toContainEqual({ platform: 'TMSP', open: 1, unsettled: 0 });
  });

  it('the gateway records callbacks, and shows what platforms answered', async () => {
    const gateway = granted.as('gateway');
    const sim = {
      iccid,
      status: 'ACTIVE',
      account: null,
      customProperties: [],
      version: 1,
      changedAt: null,
      pending: [],
    };
    const done = {
      requestId: 'P-1',
      reference: null,
      iccid,
      change: 'status',
      state: 'DONE',
      sequence: 2,
      sim,
      error: null,
    };
    const callback = { platform: 'TMSP', accepted: done as AcceptedRequest };
    expect(await gateway.transaction((tx) => recordCallbacks(tx, [callback]))).toEqual([true]);
    expect((await readPlatformAnswers(gateway, [operationId])).get(operationId)).toMatchObject({ state: 'DONE' });
  });

  it('the monitor settles requests, and removes them', async () => {
    const monitor = granted.as('monitor');
    await settleRequests(monitor, [operationId]);
    expect(await deleteOldRequests(monitor, 0, 10)).toBe(1);
  });
});
