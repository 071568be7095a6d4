import { describe, expect, it } from '@jest/globals';
import type { Change } from '#libs/contracts';
import { command } from '#libs/testing';
import { toBusinessTransaction } from './business-transaction.js';

const change: Change = {
  ...{ entityType: 'SubscriberResource', entityId: 'r-1', aggregateId: 's-1', tenantId: 'ACME', accountId: 'ACME-TT' },
  ...{ version: 2, operation: 'UPDATED', before: { value: '1' }, after: { value: '2' } },
};
const foreign: Change = {
  ...{ entityType: 'SubscriberResource', entityId: 'r-9', aggregateId: 's-9', tenantId: 'GLOBEX', accountId: 'GLOBEX' },
  ...{ version: 5, operation: 'DELETED', before: { value: '2' }, after: null, outsideTree: true },
};

describe('a business transaction that takes a value from another tenant', () => {
  const decision = { status: 'COMPLETED' as const, occurredAt: new Date(0), changes: [change, foreign] };
  const { messages, response } = toBusinessTransaction(command('SwapSubscriberResource', {}), decision, '/spec');

  it('publishes both changes, each for its own tenant', () => {
    const published = messages.map(({ key, headers, payload }) => [
      key,
      headers['ce_tenant'],
      (JSON.parse(payload ?? '') as { businessTransaction: { tenant: string } }).businessTransaction.tenant,
    ]);
    expect(published).toEqual([
      ['s-1', 'ACME', 'ACME'],
      ['s-9', 'GLOBEX', 'GLOBEX'],
    ]);
  });

  it('shows its caller only his own', () => {
    expect(JSON.parse(response)).toMatchObject({
      businessTransaction: { tenant: 'ACME', entityCount: 1, entities: [{ entityId: 'r-1' }] },
    });
    expect(response).not.toMatch(/GLOBEX|r-9|s-9/);
  });
});

it.each([{ transactionId: '' }, {}])('leaves out what the warehouse would refuse: %j', (data) => {
  const decision = { status: 'COMPLETED' as const, occurredAt: new Date(0), changes: [change] };
  const { messages } = toBusinessTransaction(command('SwapSubscriberResource', data), decision, '/spec');
  const { businessTransaction } = JSON.parse(messages[0]?.payload ?? '') as { businessTransaction: object };
  expect(businessTransaction).not.toHaveProperty('transactionId');
});
