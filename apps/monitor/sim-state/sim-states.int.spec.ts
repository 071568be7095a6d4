import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Plain, PlatformChange } from '#libs/contracts';
import { endOperations } from '#libs/operations';
import { saveInventory, simRow, subscriberRow } from '#libs/testing';
import { endTimedOut } from '#libs/transactions';
import { iccid, simState, startMonitorSystem, type Begun, type MonitorSystem } from '../testing/monitor-system.js';

let system: MonitorSystem;

const one = subscriberRow('SUB-1');

beforeAll(async () => {
  system = await startMonitorSystem();
});
afterAll(() => system.close());
beforeEach(async () => {
  await system.empty();
  await saveInventory(system.database, { subscribers: [one], sims: [simRow(one, iccid)] });
});

const suspension = { kind: 'status', status: 'SUSPENDED' } as const;
const suspended = { status: 'SUSPENDED' };

/** An operation whose platform may have carried the change out, and that has ended without knowing. */
async function timedOut(change: Plain<PlatformChange> = suspension): Promise<Begun> {
  const begun = await system.begin(change, { row: { deadline: new Date(Date.now() - 1000) } });
  await system.database.transaction((tx) => endTimedOut(tx));
  await system.database.execute('truncate messaging.outbox');
  return begun;
}

const codes = async () => (await system.outcomes()).map(({ status, error }) => error?.code ?? status);

describe('what a platform was found to have', () => {
  it('holds here from then on, and the request is settled', async () => {
    const begun = await timedOut();
    const record = simState(begun, suspended);
    await system.handle(record);
    expect(await system.sim()).toMatchObject({ status: 'SUSPENDED', state: 'Suspended', version: 2, ofSubscriber: 2 });
    expect(await system.settled(begun)).toBe(true);
    const [outcome] = await system.outcomes();
    expect(outcome).toMatchObject({ status: 'COMPLETED', commandId: record.headers['ce_id'] });
    expect(await system.changes()).toMatchObject([
      { businessTransaction: { type: 'RecordSimState', operationId: outcome?.operationId, actor: 'acme-crm' } },
      { entityType: 'Subscriber', after: { state: 'Suspended' } },
    ]);
    expect(await system.operation(begun)).toMatchObject({ status: 'TIMED_OUT', businessTransactionId: null });
  });

  it('settles the request also where it holds already', async () => {
    const begun = await timedOut();
    await system.handle(simState(begun, { status: 'ACTIVE' }));
    expect(await codes()).toEqual(['COMPLETED']);
    expect(await system.changes()).toEqual([]);
    expect(await system.settled(begun)).toBe(true);
  });

  it('waits while another operation holds the subscriber', async () => {
    const begun = await timedOut();
    const other = await system.begin({ kind: 'status', status: 'INACTIVE' });
    await system.handle(simState(begun, suspended));
    expect(await system.outcomes()).toMatchObject([
      { status: 'REJECTED', error: { code: 'LOCKED', details: { operationId: other.row.operationId } } },
    ]);
    expect(await system.settled(begun)).toBe(false);
    expect(await system.sim()).toMatchObject({ status: 'ACTIVE', version: 1 });
    const failed = { businessTransactionId: null, response: null, error: null, endedAt: new Date() };
    await endOperations(system.database, [{ ...failed, operationId: other.row.operationId, status: 'FAILED' }]);
    await system.handle(simState(begun, suspended));
    expect(await codes()).toEqual(['LOCKED', 'COMPLETED']);
    expect(await system.settled(begun)).toBe(true);
  });

  it('counts once, and not at all when it was asked for before the last change', async () => {
    const begun = await timedOut();
    const { changedAt } = (
      await system.database.query<{ changedAt: Date }>(
        `update inventory.sim set changed_at = now() returning changed_at as "changedAt"`,
      )
    )[0]!;
    await system.handle(simState(begun, suspended, new Date(changedAt.getTime() - 1)));
    expect(await codes()).toEqual(['CONCURRENT_CHANGE']);
    expect(await system.settled(begun)).toBe(false);
    const later = new Date(changedAt.getTime() + 1000);
    await system.handle(simState(begun, suspended, later), simState(begun, { status: 'INACTIVE' }, later));
    await system.handle(simState(begun, { status: 'INACTIVE' }, later));
    expect(await codes()).toEqual(['CONCURRENT_CHANGE', 'COMPLETED', 'COMPLETED', 'COMPLETED']);
    expect(await system.sim()).toMatchObject({ status: 'SUSPENDED', version: 2 });
  });

  it('is taken over only of what was asked for', async () => {
    const customProperties = [{ name: 'colour', value: 'Blue' }];
    const found = { status: 'INACTIVE', customProperties, account: 'theirs' };
    const assigned = await timedOut({ kind: 'custom-properties', customProperties: [] });
    await system.handle(simState(assigned, found));
    expect(await system.sim()).toMatchObject({ status: 'ACTIVE', accountId: 'ACME-TT', customProperties });

    const moved = await timedOut({ kind: 'account', account: 'ACME-JM' });
    await system.handle(simState(moved, found));
    expect(await system.sim()).toMatchObject({ accountId: 'ACME-TT', owner: 'ACME-TT' });
    expect(await system.settled(moved)).toBe(true);
    const again = await timedOut({ kind: 'account', account: 'ACME-JM' });
    await system.handle(simState(again, { ...found, account: 'ACME-JM' }));
    expect(await system.sim()).toMatchObject({ accountId: 'ACME-JM', owner: 'ACME-JM', status: 'ACTIVE' });
  });

  it('that cannot hold here is a conflict, and there is nothing more to ask', async () => {
    const begun = await timedOut();
    await system.database.execute(`update inventory.subscriber set state = 'Deactivated'`);
    await system.handle(simState(begun, suspended));
    expect(await codes()).toEqual(['PLATFORM_STATE_CONFLICT']);
    expect(await system.settled(begun)).toBe(true);
    expect(await system.changes()).toEqual([]);
  });

  it('of a SIM that is not here any more is a conflict too', async () => {
    const begun = await timedOut();
    await system.database.execute('truncate inventory.sim');
    await system.handle(simState(begun, suspended));
    expect(await codes()).toEqual(['PLATFORM_STATE_CONFLICT']);
    expect(await system.settled(begun)).toBe(true);
  });
});
