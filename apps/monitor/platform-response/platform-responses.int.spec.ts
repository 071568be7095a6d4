import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { SimStatus } from '#libs/contracts';
import { saveInventory, simRow, subscriberRow } from '#libs/testing';
import { cancelOperations, endTimedOut } from '#libs/transactions';
import { iccid, responseTo, startMonitorSystem, type Begun, type MonitorSystem } from '../testing/monitor-system.js';

let system: MonitorSystem;

beforeAll(async () => {
  system = await startMonitorSystem();
});
afterAll(() => system.close());
beforeEach(async () => {
  await system.empty();
  const one = subscriberRow('SUB-1');
  const gone = subscriberRow('GONE', { state: 'Deactivated' });
  await saveInventory(system.database, {
    subscribers: [one, gone],
    sims: [simRow(one, iccid), simRow(gone, `${iccid}9`, { status: 'TERMINATED' })],
  });
});

const toStatus = (status: SimStatus) => ({ kind: 'status' as const, status });
const past = () => new Date(Date.now() - 1000);
const untouched = { status: 'ACTIVE', state: 'Active', version: 1, ofSubscriber: 1 };
const suspended = { status: 'SUSPENDED', state: 'Suspended', version: 2, ofSubscriber: 2 };
const refused = { state: 'FAILED', statusCode: 409, message: 'The platform refuses the change.' };
const endTimedOutOnes = () => system.database.transaction((tx) => endTimedOut(tx));

async function ends(begun: Begun) {
  const outcomes = await system.outcomes();
  const operation = await system.operation(begun);
  return { outcomes: outcomes.map(({ status, error }) => error?.code ?? status), operation: operation?.status };
}

describe('a platform’s answer', () => {
  it('ends the operation as the command that began it, and frees its lock', async () => {
    const begun = await system.begin(toStatus('SUSPENDED'));
    expect(await system.holders()).toEqual([begun.row.operationId]);
    await system.handle(responseTo(begun, { sim: { status: 'SUSPENDED', customProperties: [] } }));
    const { operationId, commandId, correlationId } = begun.row;
    const [outcome, ...others] = await system.outcomes();
    expect(outcome).toEqual({
      ...{ commandId, operationId, status: 'COMPLETED', businessTransactionId: expect.any(String) },
    });
    expect(others).toEqual([]);
    expect(await system.changes()).toMatchObject([
      {
        businessTransaction: {
          type: 'ChangeSimStatus',
          id: outcome?.businessTransactionId,
          operationId,
          commandId,
          correlationId,
        },
        ...{ entityType: 'SIM', version: 2, before: { status: 'ACTIVE' }, after: { status: 'SUSPENDED' } },
      },
      { entityType: 'Subscriber', version: 2, after: { state: 'Suspended' } },
    ]);
    expect(await system.operation(begun)).toMatchObject({
      ...{ status: 'COMPLETED', businessTransactionId: outcome?.businessTransactionId },
      response: { businessTransaction: { entities: [{ entityType: 'SIM' }, { entityType: 'Subscriber' }] } },
    });
    expect(await system.sim()).toMatchObject(suspended);
    expect(await system.holders()).toEqual([]);
    expect(await system.settled(begun)).toBe(true);
  });

  it('that the change FAILED changes nothing and says why', async () => {
    const begun = await system.begin(toStatus('SUSPENDED'), { row: { action: 'ChangeSubscriberStatus' } });
    await system.handle(responseTo(begun, refused));
    const error = {
      code: 'PLATFORM_FAILED',
      message: 'The platform did not carry out the change.',
      details: { platform: 'JASPER', statusCode: 409, message: refused.message },
    };
    const { commandId, operationId } = begun.row;
    expect(await system.outcomes()).toEqual([{ commandId, operationId, status: 'FAILED', error }]);
    expect(await system.operation(begun)).toMatchObject({ status: 'FAILED', error });
    expect(await system.changes()).toEqual([]);
    expect(await system.sim()).toMatchObject(untouched);
    expect(await system.holders()).toEqual([]);
  });

  it('that is not certain leaves its request to be settled', async () => {
    const begun = await system.begin(toStatus('SUSPENDED'), { uncertain: true });
    await system.handle(responseTo(begun, { ...refused, statusCode: 504 }));
    expect(await ends(begun)).toEqual({ outcomes: ['PLATFORM_FAILED'], operation: 'FAILED' });
    expect(await system.settled(begun)).toBe(false);
  });

  it('counts once, however often and by whichever lane it comes', async () => {
    const begun = await system.begin(toStatus('SUSPENDED'));
    const answer = responseTo(begun);
    const other = { ...answer, topic: 'simyard.monitor.commands.interactive.v1' };
    await Promise.all([system.handle(answer, answer), system.handle(other)]);
    await system.handle(answer);
    expect(await ends(begun)).toEqual({ outcomes: ['COMPLETED'], operation: 'COMPLETED' });
    expect(await system.sim()).toMatchObject(suspended);
  });

  it('tells what holds, be it more than was asked for or nothing new', async () => {
    const terminated = await system.begin(toStatus('SUSPENDED'));
    await system.handle(responseTo(terminated, { sim: { status: 'TERMINATED', customProperties: [] } }));
    expect(await system.sim()).toMatchObject({ status: 'TERMINATED', state: 'Deactivated' });
    const again = await system.begin(toStatus('TERMINATED'));
    await system.handle(responseTo(again));
    expect(await ends(again)).toEqual({ outcomes: ['COMPLETED', 'COMPLETED'], operation: 'COMPLETED' });
    expect(await system.operation(again)).toMatchObject({ businessTransactionId: null });
    expect(await system.changes()).toHaveLength(2);
  });

  it('that cannot hold here is a conflict, and there is nothing more to ask', async () => {
    const begun = await system.begin(toStatus('ACTIVE'), { externalId: 'GONE', iccid: `${iccid}9` });
    await system.handle(responseTo(begun, { iccid: `${iccid}9`, sim: { status: 'ACTIVE', customProperties: [] } }));
    expect(await system.outcomes()).toMatchObject([
      {
        status: 'FAILED',
        error: { code: 'PLATFORM_STATE_CONFLICT', details: { platform: 'JASPER', status: 'ACTIVE' } },
      },
    ]);
    expect(await system.settled(begun)).toBe(true);
    expect(await system.holders()).toEqual([]);
  });

  it('on custom properties and transfers makes what was asked for', async () => {
    const customProperties = [{ name: 'colour', value: 'Blue' }];
    const assigned = await system.begin(
      { kind: 'custom-properties', customProperties },
      { action: 'AssignCustomProperties' },
    );
    await system.handle(responseTo(assigned));
    const moved = await system.begin({ kind: 'account', account: 'ACME-JM' }, { action: 'TransferSim' });
    await system.handle(responseTo(moved, { sim: { status: 'ACTIVE', account: 'ACME-JM', customProperties } }));
    expect(await system.sim()).toEqual({
      ...{ status: 'ACTIVE', state: 'Active', accountId: 'ACME-JM', owner: 'ACME-JM', customProperties },
      ...{ version: 3, ofSubscriber: 2 },
    });
    expect((await system.changes()).map(({ businessTransaction: { type }, entityType }) => [type, entityType])).toEqual(
      [
        ...[
          ['AssignCustomProperties', 'SIM'],
          ['TransferSim', 'SIM'],
          ['TransferSim', 'Subscriber'],
        ],
      ],
    );
    expect(await system.holders()).toEqual([]);
  });
});

describe('an operation past its deadline', () => {
  it('that has been ended is not touched by the answer, whose request stays unsettled', async () => {
    const begun = await system.begin(toStatus('SUSPENDED'), { row: { deadline: past() } });
    expect(await endTimedOutOnes()).toEqual([begun.row.operationId]);
    await system.handle(responseTo(begun));
    expect(await ends(begun)).toEqual({ outcomes: ['OPERATION_TIMED_OUT'], operation: 'TIMED_OUT' });
    expect(await system.sim()).toMatchObject(untouched);
    expect(await system.settled(begun)).toBe(false);
  });

  it('is ended by the answer, should that be the first to see the deadline gone', async () => {
    const begun = await system.begin(toStatus('SUSPENDED'), { row: { deadline: past() } });
    await system.handle(responseTo(begun));
    expect(await ends(begun)).toEqual({ outcomes: ['OPERATION_TIMED_OUT'], operation: 'TIMED_OUT' });
    expect(await system.sim()).toMatchObject(untouched);
    expect(await system.settled(begun)).toBe(false);
    expect(await system.holders()).toEqual([]);
  });

  it('stays completed when it was in time', async () => {
    const begun = await system.begin(toStatus('SUSPENDED'));
    await system.handle(responseTo(begun));
    await system.database.execute('update operations.operation set deadline = now()');
    expect(await endTimedOutOnes()).toEqual([]);
    expect(await ends(begun)).toEqual({ outcomes: ['COMPLETED'], operation: 'COMPLETED' });
  });

  it('has one end when both come at once', async () => {
    const begun = await system.begin(toStatus('SUSPENDED'), { row: { deadline: past() } });
    await Promise.all([system.handle(responseTo(begun)), endTimedOutOnes()]);
    expect(await ends(begun)).toEqual({ outcomes: ['OPERATION_TIMED_OUT'], operation: 'TIMED_OUT' });
    expect(await system.settled(begun)).toBe(false);
  });

  it('or one that was cancelled, which is the same to the answer', async () => {
    const begun = await system.begin(toStatus('SUSPENDED'));
    await system.database.transaction((tx) => cancelOperations(tx, [begun.row.operationId]));
    await system.handle(responseTo(begun));
    expect(await ends(begun)).toEqual({ outcomes: ['OPERATION_CANCELLED'], operation: 'CANCELLED' });
    expect(await system.sim()).toMatchObject(untouched);
    expect(await system.settled(begun)).toBe(false);
  });
});
