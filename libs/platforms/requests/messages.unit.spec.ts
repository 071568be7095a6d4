import { describe, expect, it } from '@jest/globals';
import { CustomProperty, PlatformChange, PlatformSim } from '#libs/contracts';
import type { OutboxMessage } from '#libs/transactions';
import { responseMessage, simStateMessage } from './messages.js';
import type { NewRequest } from './request.js';

const properties = [Object.assign(new CustomProperty(), { name: 'colour', value: 'blue' })];
const sim = Object.assign(new PlatformSim(), {
  status: 'ACTIVE',
  account: null,
  customProperties: properties,
} as const);

const request = (change: Partial<PlatformChange>): NewRequest => ({
  ...{ operationId: 'op', tenantId: 'ACME', actor: 'crm', correlationId: 'cor', requestId: 'r-1', transactionId: null },
  ...{ lane: 'stream', platform: 'TMSP', iccid: '8901', subscriberId: 'sub' },
  change: Object.assign(new PlatformChange(), change),
});
const end = { state: 'DONE', statusCode: 200, message: '', sim } as const;
const dataOf = ({ payload }: OutboxMessage): unknown => JSON.parse(payload ?? '');

describe('what the monitor is told', () => {
  it('of the end of a change of status has the SIM; the operation, the caller and the subscriber’s order', () => {
    const message = responseMessage(request({ kind: 'status', status: 'ACTIVE' }), end, 'platform-connector');
    expect(dataOf(message)).toMatchObject({
      requestId: 'r-1',
      state: 'DONE',
      statusCode: 200,
      sim: { status: 'ACTIVE' },
    });
    expect(message).toMatchObject({ id: 'op', key: 'sub', topic: 'simyard.monitor.commands.v1' });
    expect(message.headers).toMatchObject({ ce_tenant: 'ACME', ce_actor: 'crm', ce_correlationid: 'cor' });
  });

  it('of the end of a change of properties says them once: as what was asked for', () => {
    const message = responseMessage(
      request({ kind: 'custom-properties', customProperties: properties }),
      end,
      'platform-connector',
    );
    expect(dataOf(message)).toMatchObject({ sim: null, change: { customProperties: properties } });
    expect(message.payload?.split('"colour"')).toHaveLength(2);
  });

  it('of what a platform has is a command of its own, of the time at which it was asked', () => {
    const askedAt = new Date('2026-01-02T03:04:05Z');
    const message = simStateMessage(request({ kind: 'status', status: 'ACTIVE' }), sim, askedAt, 'platform-connector');
    expect(message.id).not.toBe('op');
    expect(message.headers).toMatchObject({ ce_time: askedAt.toISOString(), ce_causationid: 'op' });
    expect(dataOf(message)).toMatchObject({ operationId: 'op', iccid: '8901', sim: { customProperties: properties } });
  });
});
