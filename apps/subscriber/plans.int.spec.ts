import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  findAndShareSubscribers,
  findSubscribers,
  listExternalParams,
  readSubscriber,
  resourceTypeSource,
  shareSubscribers,
} from '#libs/inventory';
import { platformSource } from '#libs/platforms';
import { openDatabase, type Database, type Tx } from '#libs/postgres';
import {
  acme,
  command,
  platformsOf,
  standardTypes,
  saveLargeInventory,
  sequentialScans,
  testDatabase,
  type TestDatabase,
} from '#libs/testing';
import { handlerContext, type Decision } from '#libs/transactions';
import { resetActivationTimes } from './activation-time/reset-activation-time.handler.js';
import { createSubscriber } from './create/create-subscriber.handler.js';
import {
  createExternalParams,
  deleteExternalParams,
  modifyExternalParams,
} from './external-params/external-params.handler.js';
import { attachOffers, detachOffers } from './offers/change-offers.handler.js';
import { assignCustomPropertiesOfSims } from './sim-properties/assign-custom-properties.handler.js';
import { changeSimStatuses } from './sim-status/change-sim-status.handler.js';
import { changeSubscriberStatus } from './status/change-status.handler.js';
import { transferSims } from './transfer/transfer-sim.handler.js';

const largeTables = ['subscriber', 'sim', 'resource', 'resource_history', 'subscriber_offer', 'external_param'];
const types = resourceTypeSource();
const sources = { types, platforms: platformSource('p'.repeat(32)), operationDeadlineMs: 600_000 };
const each = <T>(make: (n: number) => T): T[] => Array.from({ length: 1000 }, (_, i) => make(1 + i * 97));

describe('on large tables, a batch of a thousand', () => {
  let testDb: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    testDb = await testDatabase();
    database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 2 });
    await saveLargeInventory(database, 100_000);
  });

  afterAll(async () => {
    await database.close();
    await testDb.drop();
  });

  it('new subscribers go by indexes', async () => {
    const commands = each((n) =>
      command('CreateSubscriber', {
        ...{ requestId: 'r', externalId: `NEW-${n}`, accountId: 'ACME-TT' },
        sim: { iccid: `8902${String(n).padStart(16, '0')}`, imsi: `37401${String(n).padStart(10, '0')}` },
      }),
    );
    const scans = await sequentialScans(database, largeTables, async (tx) => {
      const decisions = await createSubscriber(sources)(commands, handlerContext(tx));
      expect(decisions.filter(({ status }) => status === 'COMPLETED')).toHaveLength(1000);
    });
    expect(scans).toEqual([]);
  });

  it('changed states go by indexes', async () => {
    const commands = each((n) =>
      command('ChangeSubscriberStatus', {
        ...{ requestId: 'r', subscriber: { externalId: `L-${n}` }, state: 'Suspended' as const },
      }),
    );
    const scans = await sequentialScans(database, largeTables, async (tx) => {
      const decisions = await changeSubscriberStatus(sources)(commands, handlerContext(tx));
      expect(decisions.flatMap((decision) => (decision.status === 'COMPLETED' ? decision.changes : []))).toHaveLength(
        2000,
      );
    });
    expect(scans).toEqual([]);
  });

  const attached = each((n) => ({ subscriber: { externalId: `L-${n}` } }));
  const completedOf = (decisions: Decision[]) => decisions.filter(({ status }) => status === 'COMPLETED');

  it.each<[string, (tx: Tx) => Promise<Decision[]>]>([
    [
      'attached offers',
      (tx) =>
        attachOffers(types)(
          attached.map((data) => command('AttachOffer', { ...data, offerId: 'IOT-1GB' })),
          handlerContext(tx),
        ),
    ],
    [
      'detached offers',
      (tx) =>
        detachOffers(types)(
          attached.map((data) => command('DetachOffer', { ...data, offerId: 'IOT-10MB' })),
          handlerContext(tx),
        ),
    ],
    [
      'statuses of SIMs',
      (tx) =>
        changeSimStatuses(sources)(
          attached.map((data) => command('ChangeSimStatus', { ...data, status: 'SUSPENDED' })),
          handlerContext(tx),
        ),
    ],
    [
      'custom properties of SIMs',
      (tx) =>
        assignCustomPropertiesOfSims(sources)(
          attached.map((data) => command('AssignCustomProperties', { ...data, set: [{ name: 'n', value: 'v' }] })),
          handlerContext(tx),
        ),
    ],
    [
      'transferred SIMs',
      (tx) =>
        transferSims(sources)(
          attached.map((data) => command('TransferSim', { ...data, accountId: 'ACME-JM' })),
          handlerContext(tx),
        ),
    ],
    [
      'reset activation times',
      (tx) =>
        resetActivationTimes(types)(
          attached.map((data) => command('ResetActivationTime', data)),
          handlerContext(tx),
        ),
    ],
    [
      'new external parameters',
      (tx) =>
        createExternalParams(
          each((n) => command('CreateExternalParam', { accountId: 'ACME-TT', name: `N-${n}`, value: '' })),
          handlerContext(tx),
        ),
    ],
    [
      'changed external parameters',
      async (tx) =>
        modifyExternalParams(
          (await instanceIds()).map((instanceId) =>
            command('ModifyExternalParam', { accountId: 'ACME-TT', instanceId, name: `N-${instanceId}`, value: '' }),
          ),
          handlerContext(tx),
        ),
    ],
    [
      'deleted external parameters',
      async (tx) =>
        deleteExternalParams(
          (await instanceIds()).map((instanceId) =>
            command('DeleteExternalParam', { accountId: 'ACME-TT', instanceId }),
          ),
          handlerContext(tx),
        ),
    ],
  ])('%s go by indexes', async (_, handle) => {
    const scans = await sequentialScans(database, largeTables, async (tx) => {
      expect(completedOf(await handle(tx))).toHaveLength(1000);
    });
    expect(scans).toEqual([]);
  });

  it('changes that go by a platform go by indexes, under locks of which there are many', async () => {
    await database.execute(
      `insert into operations.lock (tenant_id, level, key, operation_id, account_id, username, facade, action, entity_type,
         entity_id, expires_at, acquired_at)
       select 'ACME', 'entity', 'Subscriber ' || gen_random_uuid(), gen_random_uuid(), 'ACME', 'u', 'kafka', 'a', 'Subscriber',
         'e', now() + interval '1 h', now()
       from generate_series(1, 100000)`,
    );
    await database.execute('analyze operations.lock');
    const connected = { ...sources, platforms: () => Promise.resolve(platformsOf('JASPER')) };
    const scans = await sequentialScans(database, [...largeTables, 'lock'], async (tx) => {
      const decisions = await changeSimStatuses(connected)(
        attached.map((data) => command('ChangeSimStatus', { ...data, status: 'SUSPENDED' })),
        handlerContext(tx),
      );
      expect(decisions.filter(({ status }) => status === 'ACCEPTED')).toHaveLength(1000);
    });
    expect(scans).toEqual([]);
  });

  it('look-ups of admission and reads of one go by indexes', async () => {
    const references = each((n) => [
      { externalId: `L-${n}` },
      { identifier: { type: 'MSISDN', value: String(1_000_000_000 + n) } },
      { identifier: { type: 'ICCID', value: `8901${String(n).padStart(16, '0')}` } },
    ]).flat();
    const scans = await sequentialScans(database, largeTables, async (tx) => {
      const found = await findSubscribers(tx, standardTypes, acme, references);
      const ids = found.flatMap((subscriber) => subscriber?.subscriberId ?? []);
      expect(ids).toHaveLength(3000);
      expect(
        await findSubscribers(
          tx,
          standardTypes,
          acme,
          ids.map((refId) => ({ refId })),
        ),
      ).toEqual(found);
      const asked = references.map((reference) => ({ scope: acme, reference }));
      expect(await findAndShareSubscribers(tx, standardTypes, asked)).toEqual(found);
      await shareSubscribers(tx, ids.slice(0, 1000));
      await shareSubscribers(tx, ids.slice(0, 1));
      expect(await readSubscriber(tx, standardTypes, acme, { externalId: 'L-1' })).toHaveProperty('offers.length', 1);
      const page = await listExternalParams(tx, acme, 'ACME-TT', { page: 3, size: 100 });
      expect([page.total, page.params.length]).toEqual([1000, 100]);
    });
    expect(scans).toEqual([]);
  });

  const instanceIds = async (): Promise<string[]> => {
    const rows = await database.query<{ id: string }>(
      `select instance_id as id from inventory.external_param where account_id = 'ACME-TT'`,
    );
    return rows.map(({ id }) => id);
  };
});
