import { describe, expect, it } from '@jest/globals';
import type { CommandData } from '#libs/contracts';
import { simOfSubscriber } from '#libs/inventory';
import {
  acme,
  command,
  platformsOf,
  resourceRow,
  simRow,
  subscriberId,
  subscriberRow,
  viewOf,
  viewTime,
} from '#libs/testing';
import { decideCreateSubscriber } from './decide-create-subscriber.js';

type CreateData = CommandData<'CreateSubscriber'>;

const iccid = '89014103211118510720';
const usedIccid = '89014103211118510721';
const goneIccid = '89014103211118510722';
const foreignIccid = '89014103211118510723';
const imsi = '374010123456789';

const platforms = platformsOf();

const valid: CreateData = {
  requestId: 'r-1',
  externalId: 'SUB-9',
  accountId: 'ACME-TT',
  platform: 'JASPER',
  sim: { iccid, imsi },
  resources: [{ type: 'MSISDN', value: '+18685550109' }],
};

function fleet() {
  const [one, gone, foreign] = [
    subscriberRow('SUB-1'),
    subscriberRow('GONE', { state: 'Deactivated' }),
    subscriberRow('FOREIGN', { state: 'Deactivated', accountId: 'GLOBEX' }),
  ];
  return viewOf({
    subscribers: [one, gone, foreign],
    resources: [resourceRow(one, 'MSISDN', '18685550101'), resourceRow(gone, 'IMSI', '374010999999999')],
    sims: [
      simRow(one, usedIccid),
      simRow(gone, goneIccid, {
        ...{ status: 'TERMINATED', imsi: '374010999999999', version: 5 },
        firstActivatedAt: new Date('2026-01-01T00:00:00Z'),
      }),
      simRow(foreign, foreignIccid),
    ],
  });
}

const decide = (data: CreateData, view = fleet(), actor = acme) =>
  decideCreateSubscriber(view, command('CreateSubscriber', data, actor), platforms);

describe('the creation of a subscriber', () => {
  it('creates it, its SIM, the IMSI of the SIM and its resources', () => {
    const decision = decide(valid);
    if (decision.status !== 'COMPLETED') throw new Error(decision.status);
    const id = decision.changes[0]?.entityId;
    expect(decision.changes).toMatchObject([
      { entityType: 'Subscriber', after: { id, externalId: 'SUB-9', accountId: 'ACME-TT', state: 'Active' } },
      { entityType: 'SIM', entityId: iccid, after: { imsi, subscriberId: id, platform: 'JASPER', status: 'ACTIVE' } },
      { entityType: 'SubscriberResource', aggregateId: id, after: { type: 'IMSI', value: imsi } },
      { entityType: 'SubscriberResource', aggregateId: id, after: { type: 'MSISDN', value: '18685550109' } },
    ]);
    expect(decision.changes.map(({ operation, version, before }) => [operation, version, before])).toEqual(
      Array(4).fill(['CREATED', 1, null]),
    );
    expect(new Set(decision.changes.map(({ entityId }) => entityId)).size).toBe(4);
  });

  it('takes the state, the status and the IMSI it is given', () => {
    const decision = decide({
      ...valid,
      state: 'Suspended',
      sim: { iccid, imsi, status: 'INACTIVE' },
      resources: [{ type: 'IMSI', value: '374010000000001' }],
    });
    expect(decision).toMatchObject({
      changes: [
        { after: { state: 'Suspended' } },
        { after: { status: 'INACTIVE', imsi } },
        { after: { type: 'IMSI' } },
      ],
    });
    expect(decision).toHaveProperty('changes.length', 3);
  });

  it.each<[string, CreateData, string | null]>([
    ['ACTIVE from the start', valid, viewTime.toISOString()],
    ['not ACTIVE yet', { ...valid, sim: { iccid, status: 'INACTIVE' } }, null],
    ['in use before', { ...valid, sim: { iccid: goneIccid } }, '2026-01-01T00:00:00.000Z'],
  ])('knows the first activation of a SIM that is %s', (_, data, firstActivatedAt) => {
    const decision = decide({ ...data, resources: [] });
    expect(decision).toHaveProperty('changes.1.entityType', 'SIM');
    expect(decision).toHaveProperty('changes.1.after.firstActivatedAt', firstActivatedAt);
  });

  it('needs neither SIM nor resources nor platform', () => {
    const { requestId, externalId, accountId } = { requestId: 'r-1', ...valid };
    expect(decide({ requestId, externalId, accountId })).toMatchObject({ changes: [{ after: { platform: null } }] });
  });

  it('takes the SIM and the IMSI of a Deactivated subscriber', () => {
    const view = fleet();
    const decision = decide({ ...valid, sim: { iccid: goneIccid, imsi: '374010999999999' }, resources: [] }, view);
    expect(decision).toMatchObject({
      changes: [
        { entityType: 'Subscriber', operation: 'CREATED' },
        {
          entityType: 'SIM',
          operation: 'UPDATED',
          version: 6,
          before: { subscriberId: subscriberId('GONE'), status: 'TERMINATED' },
          after: { status: 'ACTIVE' },
        },
        { entityType: 'SubscriberResource', operation: 'CREATED' },
        { entityType: 'SubscriberResource', operation: 'DELETED', aggregateId: subscriberId('GONE') },
      ],
    });
    expect(simOfSubscriber(view, subscriberId('GONE'))).toBeUndefined();
  });

  it.each([...platforms.keys()])('knows the platform %s', (platform) => {
    expect(decide({ ...valid, platform }).status).toBe('COMPLETED');
  });

  it.each<[string, string, CreateData]>([
    ['REQUEST_ID_REQUIRED', 'requestId', { externalId: 'SUB-9', accountId: 'nowhere' }],
    ['ACCOUNT_NOT_FOUND', 'accountId', { ...valid, accountId: 'nowhere', externalId: 'SUB-1' }],
    ['ACCOUNT_NOT_FOUND', 'accountId', { ...valid, accountId: 'GLOBEX' }],
    ['SUBSCRIBER_EXISTS', 'externalId', { ...valid, externalId: 'SUB-1', platform: 'NONE' }],
    ['PLATFORM_NOT_CONFIGURED', 'platform', { ...valid, platform: 'jasper', sim: { iccid: 'x' } }],
    ['ICCID_INVALID', 'sim.iccid', { ...valid, sim: { iccid: '89014103211118510', imsi: 'x' } }],
    ['ICCID_INVALID', 'sim.iccid', { ...valid, sim: { iccid: '890141032111185107201' } }],
    ['RESOURCE_FORMAT_INVALID', 'sim.imsi', { ...valid, sim: { iccid: usedIccid, imsi: 'x' } }],
    ['SIM_IN_USE', 'sim.iccid', { ...valid, sim: { iccid: usedIccid }, resources: [{ type: 'FAX', value: '1' }] }],
    ['SIM_IN_USE', 'sim.iccid', { ...valid, sim: { iccid: foreignIccid } }],
    ['RESOURCE_FORMAT_INVALID', 'resources.0.value', { ...valid, resources: [{ type: 'MSISDN', value: 'x' }] }],
    ['RESOURCE_IN_USE', 'resources.0.value', { ...valid, resources: [{ type: 'MSISDN', value: '18685550101' }] }],
    ['RESOURCE_TYPE_NOT_CONFIGURED', 'resources.0.type', { ...valid, resources: [{ type: 'FAX', value: '1' }] }],
    [
      'RESOURCE_EXISTS',
      'resources.1.value',
      { ...valid, resources: ['18685550109', '+18685550109'].map((value) => ({ type: 'MSISDN', value })) },
    ],
  ])('is refused with %s for its %s, without a trace', (code, field, data) => {
    const view = fleet();
    expect(decide(data, view)).toMatchObject({ status: 'REJECTED', error: { code, details: { field } } });
    expect(view.subscribers).toEqual(view.loaded.subscribers);
    expect(view.resources).toEqual(view.loaded.resources);
    expect(view.sims).toEqual(view.loaded.sims);
  });

  it('is refused outside the tree of an account', () => {
    const actor = { ...acme, accountId: 'ACME-JM' };
    expect(decide(valid, fleet(), actor)).toMatchObject({ error: { code: 'ACCOUNT_NOT_FOUND' } });
    expect(decide({ ...valid, accountId: 'ACME-JM' }, fleet(), actor).status).toBe('COMPLETED');
  });

  it.each<[string, Partial<CreateData>]>([
    ['SUBSCRIBER_EXISTS', {}],
    ['SIM_IN_USE', { externalId: 'SUB-10' }],
    ['RESOURCE_IN_USE', { externalId: 'SUB-10', sim: { iccid: usedIccid.replace(/.$/, '9') } }],
  ])('collides within a batch: %s', (code, other) => {
    const view = fleet();
    expect(decide(valid, view).status).toBe('COMPLETED');
    expect(decide({ ...valid, ...other }, view)).toMatchObject({ error: { code } });
  });

  it.each(['GONE'])('is refused while another operation holds %s, and done by the one that holds it', (name) => {
    const asked = command('CreateSubscriber', { ...valid, sim: { iccid: goneIccid } });
    const heldBy = (operationId: string) => ({
      ...fleet(),
      locks: new Map([[`Subscriber ${subscriberId(name)}`, operationId]]),
    });
    expect(decideCreateSubscriber(heldBy('other'), asked, platforms)).toMatchObject({
      status: 'REJECTED',
      error: { code: 'LOCKED', details: { operationId: 'other' } },
    });
    expect(decideCreateSubscriber(heldBy(asked.operationId), asked, platforms).status).toBe('COMPLETED');
  });
});
