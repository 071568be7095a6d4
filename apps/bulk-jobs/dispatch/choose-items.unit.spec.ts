import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chooseHeld, shareOfWindow, splitByPlatform } from './choose-items.js';
import type { ItemCommand } from './item-command.js';
import type { LiveJob } from './live-job.js';
import { totalOf, type UnderWay } from './under-way.js';

const live = (jobId: string, job: Partial<LiveJob> = {}): LiveJob => ({
  ...{ jobId, tenantId: 'T', accountId: 'T', actor: 'a', clientId: null, facade: 'cmo', action: 'ChangeSimStatus' },
  ...{ dryRun: false, retryOf: null, correlationId: 'c', state: 'RUNNING', total: 1000, dispatched: 0, held: {} },
  ...{ inFlight: 0, completed: 0, failed: 0, cancelled: 0, ...job },
});

const underWay = (accepted: Record<string, number>, ofPlatforms: Record<string, Record<string, number>>): UnderWay => ({
  accepted: new Map(Object.entries(accepted)),
  ofPlatforms: new Map(
    Object.entries(ofPlatforms).map(([platform, counts]) => [platform, new Map(Object.entries(counts))]),
  ),
});

const item = (job: LiveJob, ordinal: number, platform: string | null): ItemCommand => ({
  ...{ operationId: `${job.jobId} ${ordinal}`, ordinal, job, platform, data: { status: 'ACTIVE' } },
  ...{ now: new Date(), deadline: new Date(), subscriberId: null },
});

const [a, b] = ['a', 'b'].map((id) => live(id)) as [LiveJob, LiveJob];

describe('the window', () => {
  it('has room for what is at a platform, and none for what nobody has taken up', () => {
    expect(shareOfWindow(100, underWay({}, { STC: { a: 100 } }), [a])).toEqual([100]);
    expect(shareOfWindow(100, underWay({ a: 100 }, { STC: { a: 100 } }), [a, b])).toEqual([0, 0]);
    expect(shareOfWindow(100, underWay({ a: 60 }, {}), [a, b])).toEqual([0, 40]);
  });
});

describe('held items', () => {
  const holding = [live('a', { held: { STC: 500, TMSP: 3 } }), live('b', { held: { STC: 500 } })];

  it('go as far as their platform takes more, in equal shares', () => {
    expect(chooseHeld(100, underWay({}, { STC: { a: 60, b: 20 } }), holding, [50, 50])).toEqual([
      { jobId: 'b', platform: 'STC', count: 20 },
      { jobId: 'a', platform: 'TMSP', count: 3 },
    ]);
  });

  it('go no further than their job’s share of the window', () => {
    expect(chooseHeld(100, underWay({}, {}), holding, [10, 0])).toEqual([{ jobId: 'a', platform: 'STC', count: 10 }]);
  });

  it('stay while their platform is full', () => {
    expect(chooseHeld(100, underWay({}, { STC: { c: 100 }, TMSP: { c: 100 } }), holding, [50, 50])).toEqual([]);
  });
});

describe('the next items', () => {
  it('of a full platform are held, and so are those behind held ones of their job', () => {
    const waiting = live('w', { held: { TMSP: 1 } });
    const items = [
      item(a, 1, 'STC'),
      item(a, 2, null),
      item(a, 3, 'TMSP'),
      item(waiting, 1, 'TMSP'),
      item(b, 1, 'TMSP'),
    ];
    const { free, held } = splitByPlatform(10, underWay({}, { STC: { c: 10 } }), items);
    expect(free.map(({ operationId }) => operationId)).toEqual(['a 2', 'a 3', 'b 1']);
    expect(held.map(({ operationId }) => operationId)).toEqual(['a 1', 'w 1']);
  });

  it('never overfill a platform, and none of a job goes before an earlier one of its platform', () => {
    const platforms = fc.array(fc.constantFrom('STC', 'TMSP', null), { maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(25), platforms, (window, before, wanted) => {
        const now = underWay({}, { STC: { c: before } });
        const items = wanted.map((platform, index) => item(index % 2 === 0 ? a : b, index + 1, platform));
        const { free, held } = splitByPlatform(window, now, items);
        expect(free.length + held.length).toBe(items.length);
        for (const counts of now.ofPlatforms.values())
          expect(totalOf(counts)).toBeLessThanOrEqual(Math.max(window, before));
        for (const { job, ordinal, platform } of held) {
          const overtaking = free.filter((other) => other.job === job && other.platform === platform);
          expect(overtaking.every((other) => other.ordinal < ordinal)).toBe(true);
        }
      }),
    );
  });
});
