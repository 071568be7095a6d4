import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandOutcome } from '#libs/contracts';
import { insertOffers, listExternalParams, readSubscriber } from '#libs/inventory';
import { wantedLocks, type LockEntity } from '#libs/locks';
import { insertOperations } from '#libs/operations';
import { openDatabase, type Database } from '#libs/postgres';
import {
  acme,
  globex,
  lockingOf,
  offers,
  operationRow,
  paramRow,
  saveAccounts,
  saveInventory,
  simRow,
  standardTypes,
  subscriberId,
  subscriberRow,
  testDatabase,
  type TestDatabase,
} from '#libs/testing';
import { takeLocks } from '#libs/transactions';
import { subscriberService, type Sent, type SubscriberService } from './testing/run-commands.js';

const iccid = '89014103211118510720';
const subscriber = { externalId: 'SUB-1' };
const bySim = { identifier: { type: 'ICCID', value: iccid } };
const accountId = 'ACME-TT';
const firstPage = { page: 0, size: 10 };

const codes = (outcomes: CommandOutcome[]) => outcomes.map(({ status, error }) => error?.code ?? status);

describe('the actions of subscriber on Postgres', () => {
  let testDb: TestDatabase;
  let database: Database;
  let service: SubscriberService;

  beforeAll(async () => {
    testDb = await testDatabase();
    database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 4 });
    await saveAccounts(database);
    await insertOffers(database, offers);
    service = await subscriberService(database);
  });

  afterAll(async () => {
    await database.close();
    await testDb.drop();
  });

  beforeEach(async () => {
    await database.execute(
      `truncate inventory.subscriber, inventory.sim, inventory.subscriber_offer, inventory.external_param,
         operations.operation, operations.lock, messaging.outbox`,
    );
    const one = subscriberRow('SUB-1', { state: 'Inactive' });
    const card = simRow(one, iccid, { status: 'INACTIVE', firstActivatedAt: null });
    await saveInventory(database, { subscribers: [one, subscriberRow('SUB-2')], sims: [card] });
  });

  const read = async () => {
    const found = await readSubscriber(database, standardTypes, acme, subscriber);
    return { ...found, offers: found?.offers.map(({ offerId }) => offerId) };
  };
  const lastChange = async () => (await service.changes()).at(-1);
  const params = async (account = accountId) =>
    (await listExternalParams(database, acme, account, firstPage)).params.map(({ name, value }) => [name, value]);
  const instanceOf = async (name: string) => {
    const { params: found } = await listExternalParams(database, acme, accountId, firstPage);
    return found.find((param) => param.name === name)?.instanceId ?? paramRow(accountId, 'none').instanceId;
  };

  const attach = (offerId: string): Sent => ['AttachOffer', { subscriber, offerId }];
  const detach = (offerId: string): Sent => ['DetachOffer', { subscriber, offerId }];
  const simStatus = (status: string): Sent => ['ChangeSimStatus', { subscriber: bySim, status }];
  const reset: Sent = ['ResetActivationTime', { subscriber: bySim }];
  const create = (name: string, value: string): Sent => ['CreateExternalParam', { accountId, name, value }];
  const modify = (data: { instanceId: string; name?: string | null; value: string }): Sent => [
    'ModifyExternalParam',
    { accountId, ...data },
  ];

  it('attaches and detaches offers, also back and forth in one batch', async () => {
    expect(codes(await service.run(attach('IOT-10MB'), attach('IOT-1GB'), attach('IOT-10MB')))).toEqual([
      ...['COMPLETED', 'COMPLETED', 'OFFER_ATTACHED'],
    ]);
    expect((await read()).offers?.toSorted()).toEqual(['IOT-10MB', 'IOT-1GB']);
    expect(codes(await service.run(detach('IOT-1GB'), detach('IOT-10MB'), attach('IOT-10MB')))).toEqual([
      ...['COMPLETED', 'COMPLETED', 'COMPLETED'],
    ]);
    expect((await read()).offers).toEqual(['IOT-10MB']);
    expect(await lastChange()).toMatchObject({
      businessTransaction: { type: 'AttachOffer', tenant: 'ACME', accountId, entityCount: 1 },
      ...{ entityType: 'SubscriberOffer', version: 1, operation: 'CREATED', after: { offerId: 'IOT-10MB' } },
    });
    expect(
      await database.query('select count(distinct subscriber_offer_id)::int from inventory.subscriber_offer'),
    ).toEqual([{ count: 1 }]);
  });

  it('gives an offer to one of two transactions at once', async () => {
    const both = await Promise.all([service.run(attach('IOT-1GB')), service.run(attach('IOT-1GB'))]);
    expect(both.map(codes).flat().sort()).toEqual(['COMPLETED', 'OFFER_ATTACHED']);
  });

  it('changes a SIM and its subscriber together, and keeps the first activation until it is reset', async () => {
    expect(codes(await service.run(simStatus('ACTIVE')))).toEqual(['COMPLETED']);
    const { firstActivatedAt } = await read();
    expect(await read()).toMatchObject({ state: 'Active', simStatus: 'ACTIVE', firstActivatedAt: expect.any(Date) });
    expect(codes(await service.run(simStatus('ACTIVE'), simStatus('SUSPENDED'), simStatus('ACTIVE')))).toEqual([
      ...['SIM_STATUS_UNCHANGED', 'COMPLETED', 'COMPLETED'],
    ]);
    expect(await read()).toMatchObject({ state: 'Active', simStatus: 'ACTIVE', firstActivatedAt });

    const [first, again] = await service.run(reset, reset);
    expect(first).toMatchObject({ status: 'COMPLETED', businessTransactionId: expect.any(String) });
    expect(again).toMatchObject({ status: 'COMPLETED' });
    expect(again).not.toHaveProperty('businessTransactionId');
    expect(await read()).toMatchObject({ simStatus: 'ACTIVE', firstActivatedAt: null });
    expect(await lastChange()).toMatchObject({
      entityType: 'SIM',
      after: { status: 'ACTIVE', firstActivatedAt: null },
    });

    await service.run(simStatus('INACTIVE'), simStatus('ACTIVE'));
    expect((await read()).firstActivatedAt?.getTime()).toBeGreaterThan(firstActivatedAt?.getTime() ?? Infinity);
    expect(codes(await service.run(simStatus('TERMINATED'), simStatus('ACTIVE')))).toEqual([
      ...['COMPLETED', 'SUBSCRIBER_STATE_TRANSITION'],
    ]);
  });

  it('notes the first activation of a SIM that is created as ACTIVE', async () => {
    const sim = { iccid: iccid.replace(/.$/, '9') };
    const created: Sent = ['CreateSubscriber', { requestId: 'r', externalId: 'SUB-9', accountId, sim }];
    expect(codes(await service.run(created))).toEqual(['COMPLETED']);
    const found = await readSubscriber(database, standardTypes, acme, { externalId: 'SUB-9' });
    expect(found).toMatchObject({ state: 'Active', simStatus: 'ACTIVE', firstActivatedAt: expect.any(Date) });
  });

  it('refuses who has no SIM, and who belongs to another tenant', async () => {
    const bare = { subscriber: { externalId: 'SUB-2' } };
    const foreign = { subscriber: { refId: subscriberId('SUB-1') }, offerId: 'TRACK', status: 'ACTIVE' };
    expect(
      codes(
        await service.run(
          ['ChangeSimStatus', { ...bare, status: 'ACTIVE' }],
          ['ResetActivationTime', bare],
          ['AttachOffer', foreign, 'GLOBEX'],
          ['ChangeSimStatus', foreign, 'GLOBEX'],
          ['ResetActivationTime', foreign, 'GLOBEX'],
          ['CreateExternalParam', { accountId, name: 'color', value: 'red' }, 'GLOBEX'],
        ),
      ),
    ).toEqual([
      ...['SIM_NOT_FOUND', 'SIM_NOT_FOUND', 'SUBSCRIBER_NOT_FOUND', 'SUBSCRIBER_NOT_FOUND', 'SUBSCRIBER_NOT_FOUND'],
      'ACCOUNT_NOT_FOUND',
    ]);
    expect(await service.changes()).toEqual([]);
  });

  it('keeps external parameters of accounts, which may exchange their names in one batch', async () => {
    expect(codes(await service.run(create('color', 'red'), create('size', ''), create('color', 'blue')))).toEqual([
      ...['COMPLETED', 'COMPLETED', 'EXTERNAL_PARAM_EXISTS'],
    ]);
    expect(await params()).toEqual([
      ['color', 'red'],
      ['size', ''],
    ]);
    const [color, size] = [await instanceOf('color'), await instanceOf('size')];
    const exchange = await service.run(
      modify({ instanceId: color, name: 'spare', value: 'red' }),
      modify({ instanceId: size, name: 'color', value: 'S' }),
      modify({ instanceId: color, name: 'size', value: 'L' }),
      modify({ instanceId: color, value: 'L' }),
    );
    expect(codes(exchange)).toEqual(['COMPLETED', 'COMPLETED', 'COMPLETED', 'COMPLETED']);
    expect(exchange[3]).not.toHaveProperty('businessTransactionId');
    const unnamed = modify({ instanceId: color, name: null, value: 'L' });
    expect(codes(await service.run(unnamed))).toEqual(['COMPLETED']);
    expect(await instanceOf('size')).toBe(color);
    expect(await params()).toEqual([
      ['color', 'S'],
      ['size', 'L'],
    ]);
    expect(await lastChange()).toMatchObject({
      ...{ entityType: 'ExternalParam', entityId: color, version: 3 },
      businessTransaction: { type: 'ModifyExternalParam', tenant: 'ACME', accountId },
    });
    const gone: Sent = ['DeleteExternalParam', { accountId, instanceId: color }];
    expect(codes(await service.run(gone, gone))).toEqual(['COMPLETED', 'EXTERNAL_PARAM_NOT_FOUND']);
    expect(await params()).toEqual([['color', 'S']]);
  });

  it('lists an account’s parameters by page, to those above it', async () => {
    await service.run(...['c', 'a', 'b'].map((name) => create(name, name)));
    const page = await listExternalParams(database, acme, accountId, { page: 1, size: 2 });
    expect(page).toMatchObject({ total: 3, params: [{ name: 'c', value: 'c', version: 1 }] });
    expect(await listExternalParams(database, acme, accountId, { page: 9, size: 2 })).toEqual({ total: 3, params: [] });
    expect(await listExternalParams(database, acme, 'ACME-JM', firstPage)).toEqual({ total: 0, params: [] });
    const hidden = listExternalParams(database, globex, accountId, firstPage);
    await expect(hidden).rejects.toMatchObject({ code: 'ACCOUNT_NOT_FOUND' });
  });

  it('gives a name to one of two transactions at once', async () => {
    const both = await Promise.all([service.run(create('color', 'red')), service.run(create('color', 'blue'))]);
    expect(both.map(codes).flat().sort()).toEqual(['COMPLETED', 'EXTERNAL_PARAM_EXISTS']);
  });

  it.each<[LockEntity, Sent[]]>([
    [
      { type: 'Subscriber', id: subscriberId('SUB-1') },
      [attach('IOT-1GB'), detach('IOT-1GB'), simStatus('ACTIVE'), reset],
    ],
    [
      { type: 'Account', id: accountId },
      [create('color', 'red'), modify({ instanceId: crypto.randomUUID(), value: '' })],
    ],
  ])('changes nothing under another operation’s lock of %o', async (entity, sent) => {
    const holder = operationRow();
    await insertOperations(database, [holder]);
    await database.transaction((tx) =>
      takeLocks(
        tx,
        wantedLocks(
          { userAction: 'none', entity: entity.type === 'Account' ? 'Account' : 'Subscriber' },
          lockingOf(holder),
          entity,
        ),
      ),
    );
    for (const outcome of await service.run(...sent)) {
      expect(outcome).toMatchObject({
        status: 'REJECTED',
        error: { code: 'LOCKED', details: { operationId: holder.operationId } },
      });
    }
    expect(await service.changes()).toEqual([]);
  });
});
