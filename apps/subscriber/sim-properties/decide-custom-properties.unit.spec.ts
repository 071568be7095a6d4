import { describe, expect, it } from '@jest/globals';
import { maxCustomProperties, type CommandData } from '#libs/contracts';
import { acme, codeOf, command, globex, simRow, subscriberId, subscriberRow, viewOf } from '#libs/testing';
import { deadline, routingOf } from '../testing/routing.js';
import { decideCustomProperties } from './decide-custom-properties.js';

type Data = CommandData<'AssignCustomProperties'>;

const iccid = '89014103211118510720';
const subscriber = { externalId: 'SUB-1' };
const blue = { name: 'colour', value: 'Blue' };
const large = { name: 'size', value: 'large' };

function fleet() {
  const one = subscriberRow('SUB-1');
  const gone = subscriberRow('GONE', { state: 'Deactivated' });
  const card = simRow(one, iccid, { version: 8, customProperties: [blue, large] });
  return viewOf({ subscribers: [one, gone, subscriberRow('BARE')], sims: [card] });
}

const decide = (data: Data, view = fleet(), routing = routingOf(), actor = acme) =>
  decideCustomProperties(view, command('AssignCustomProperties', data, actor), routing);
const red = { subscriber, set: [{ name: 'colour', value: 'Red' }] };

describe('custom properties of a SIM', () => {
  it('get values in their places, are added at the end, and go', () => {
    const set = [
      { name: 'colour', value: 'Red' },
      { name: 'owner', value: '' },
    ];
    expect(decide({ subscriber, set, remove: ['size', 'nothing'] })).toMatchObject({
      changes: [
        {
          ...{ entityType: 'SIM', entityId: iccid, version: 9, operation: 'UPDATED' },
          ...{ before: { customProperties: [blue, large] }, after: { customProperties: set } },
        },
      ],
    });
  });

  it('are set where they are also removed, and the last value of a name counts', () => {
    const set = [blue, { name: 'colour', value: 'Red' }];
    expect(decide({ subscriber, set, remove: ['colour'] })).toMatchObject({
      changes: [{ after: { customProperties: [{ name: 'colour', value: 'Red' }, large] } }],
    });
  });

  it.each<[string, Data]>([
    ['the same values', { subscriber, set: [blue], remove: ['nothing'] }],
    ['nothing at all', { subscriber }],
  ])('stay with %s: completed without a change, whoever is connected', (_, data) => {
    expect(decide(data, fleet(), routingOf('JASPER'))).toMatchObject({ status: 'COMPLETED', changes: [] });
  });

  it('are the platform’s to change where it is connected: all of them are sent, and nothing is changed yet', () => {
    const view = fleet();
    const decision = decide({ ...red, requestId: 'r-1', remove: ['size'] }, view, routingOf('JASPER'));
    expect(decision).toMatchObject({ status: 'ACCEPTED', deadline, messages: [{ key: `JASPER:${iccid}` }] });
    const [message] = decision.status === 'ACCEPTED' ? (decision.messages ?? []) : [];
    expect(JSON.parse(message?.payload ?? '')).toEqual({
      ...{ requestId: 'r-1', platform: 'JASPER', iccid, subscriberId: subscriberId('SUB-1') },
      change: { kind: 'custom-properties', customProperties: red.set },
    });
    expect(view.sims).toEqual(view.loaded.sims);
  });

  const many = Array.from({ length: maxCustomProperties - 1 }, (_, n) => ({ name: `p-${n}`, value: '' }));

  it.each<[string, Data]>([
    ['SUBSCRIBER_REQUIRED', { set: [blue] }],
    ['SUBSCRIBER_NOT_FOUND', { subscriber: { externalId: 'nobody' } }],
    ['SIM_NOT_FOUND', { subscriber: { externalId: 'BARE' } }],
    ['SIM_NOT_FOUND', { subscriber: { externalId: 'GONE' } }],
    ['CUSTOM_PROPERTIES_TOO_MANY', { subscriber, set: many }],
  ])('are refused with %s, without a trace', (code, data) => {
    const view = fleet();
    expect(codeOf(decide(data, view))).toBe(code);
    expect([view.subscribers, view.sims]).toEqual([view.loaded.subscribers, view.loaded.sims]);
  });

  it('may be as many as allowed', () => {
    expect(decide({ subscriber, set: many, remove: ['size'] }).status).toBe('COMPLETED');
  });

  it('of a Deactivated subscriber stay as they are', () => {
    const gone = subscriberRow('SUB-1', { state: 'Deactivated' });
    const view = viewOf({ subscribers: [gone], sims: [simRow(gone, iccid, { status: 'TERMINATED' })] });
    expect(codeOf(decide(red, view))).toBe('SUBSCRIBER_DEACTIVATED');
  });

  it('are refused to another tenant, while another operation holds the subscriber, and by a platform without them', () => {
    expect(codeOf(decide(red, fleet(), routingOf(), globex))).toBe('SUBSCRIBER_NOT_FOUND');
    const locked = { ...fleet(), locks: new Map([[`Subscriber ${subscriberId('SUB-1')}`, 'other']]) };
    expect(decide(red, locked)).toMatchObject({ error: { code: 'LOCKED', details: { operationId: 'other' } } });
    const { platforms } = routingOf('JASPER');
    const without = new Map([...platforms].map(([name, platform]) => [name, { ...platform, changes: {} }]));
    expect(codeOf(decide(red, fleet(), { platforms: without, deadline }))).toBe('PLATFORM_CHANGE_NOT_OFFERED');
  });
});
