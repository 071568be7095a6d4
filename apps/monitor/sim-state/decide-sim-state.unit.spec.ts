import { describe, expect, it } from '@jest/globals';
import type { CommandData, Plain, PlatformChange, PlatformSim } from '#libs/contracts';
import { codeOf, command, globex, simRow, subscriberId, subscriberRow, viewOf } from '#libs/testing';
import { decideSimState, type Unsettled } from './decide-sim-state.js';

const iccid = '89014103211118510720';
const operationId = '01900000-0000-7000-8000-000000000001';
const suspension = { kind: 'status', status: 'SUSPENDED' } as const;

function fleet() {
  const one = subscriberRow('SUB-1');
  return viewOf({ subscribers: [one], sims: [simRow(one, iccid)] });
}

const unsettledOf = (change: Plain<PlatformChange> = suspension): Unsettled => new Map([[operationId, change]]);
const found = (sim: Partial<PlatformSim>): CommandData<'RecordSimState'> => ({
  ...{ platform: 'JASPER', iccid, subscriberId: subscriberId('SUB-1'), operationId },
  sim: { status: 'SUSPENDED', customProperties: [], ...sim },
});

describe('what a platform was found to have', () => {
  it('is what was asked for, or what was there before', () => {
    const [view, unsettled] = [fleet(), unsettledOf()];
    expect(decideSimState(view, unsettled, command('RecordSimState', found({})))).toMatchObject({
      changes: [{ after: { status: 'SUSPENDED' } }, { after: { state: 'Suspended' } }],
    });
    expect(unsettled.size).toBe(0);
    const before = command('RecordSimState', found({ status: 'ACTIVE' }));
    expect(decideSimState(fleet(), unsettledOf(), before)).toMatchObject({ status: 'COMPLETED', changes: [] });
  });

  it('says nothing of a request that is settled', () => {
    const view = fleet();
    expect(decideSimState(view, new Map(), command('RecordSimState', found({})))).toMatchObject({ changes: [] });
    expect(view.sims).toEqual(view.loaded.sims);
  });

  it('leaves the account where the platform has another name for it', () => {
    const unsettled = unsettledOf({ kind: 'account', account: 'ACME-JM' });
    const other = command('RecordSimState', found({ account: 'theirs' }));
    expect(decideSimState(fleet(), unsettled, other)).toMatchObject({ status: 'COMPLETED', changes: [] });
    expect(unsettled.size).toBe(0);
  });

  it('leaves the request unsettled while the SIM is held, or was changed since the platform was asked', () => {
    const unsettled = unsettledOf();
    const locked = { ...fleet(), locks: new Map([[`Subscriber ${subscriberId('SUB-1')}`, 'other']]) };
    expect(codeOf(decideSimState(locked, unsettled, command('RecordSimState', found({}))))).toBe('LOCKED');
    const late = command('RecordSimState', found({}));
    const { changedAt } = subscriberRow('SUB-1');
    const old = { ...late, envelope: { ...late.envelope, time: changedAt.toISOString() } };
    expect(codeOf(decideSimState(fleet(), unsettled, old))).toBe('CONCURRENT_CHANGE');
    expect(unsettled.size).toBe(1);
    const after = { ...old, envelope: { ...old.envelope, time: new Date(changedAt.getTime() + 1).toISOString() } };
    expect(decideSimState(fleet(), unsettled, after).status).toBe('COMPLETED');
  });

  it('is a conflict where it cannot hold, or the SIM is not the tenant’s', () => {
    const gone = subscriberRow('SUB-1', { state: 'Deactivated' });
    const view = viewOf({ subscribers: [gone], sims: [simRow(gone, iccid, { status: 'TERMINATED' })] });
    expect(codeOf(decideSimState(view, unsettledOf(), command('RecordSimState', found({}))))).toBe(
      'PLATFORM_STATE_CONFLICT',
    );
    const foreign = command('RecordSimState', found({}), globex);
    expect(codeOf(decideSimState(fleet(), unsettledOf(), foreign))).toBe('PLATFORM_STATE_CONFLICT');
  });
});
