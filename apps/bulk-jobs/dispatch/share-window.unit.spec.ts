import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { shareWindow, type WindowDemand } from './share-window.js';

const job = (inFlight: number, pending: number): WindowDemand => ({ inFlight, pending });
const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);

describe('shareWindow', () => {
  it.each<[string, number, WindowDemand[], number[]]>([
    ['one job has all of it', 100, [job(0, 1_000_000)], [100]],
    ['nobody gets more than he has left', 100, [job(0, 30)], [30]],
    ['two new jobs have half each', 100, [job(0, 1000), job(0, 1000)], [50, 50]],
    ['what a small job does not need goes to the others', 100, [job(0, 10), job(0, 1000), job(0, 1000)], [10, 45, 45]],
    ['a job that comes later catches up first', 100, [job(60, 1000), job(0, 1000)], [0, 40]],
    ['a full window has nothing to give', 100, [job(100, 1000), job(0, 5)], [0, 0]],
    ['the remainder goes to the first ones', 100, [job(0, 50), job(0, 50), job(0, 50)], [34, 33, 33]],
    ['of more jobs than places the first ones get one each', 2, [job(0, 5), job(0, 5), job(0, 5)], [1, 1, 0]],
    ['without jobs there is nothing to share', 100, [], []],
  ])('%s', (_, window, jobs, shares) => {
    expect(shareWindow(window, sum(jobs.map(({ inFlight }) => inFlight)), jobs)).toEqual(shares);
  });

  it('counts what ended jobs still have in flight', () => {
    expect(shareWindow(100, 90, [job(0, 1000)])).toEqual([10]);
    expect(shareWindow(100, 150, [job(0, 1000)])).toEqual([0]);
  });

  it('fills the window as far as there are items, and no job is ahead of one that could still send', () => {
    const jobs = fc.array(fc.record({ inFlight: fc.nat(50), pending: fc.nat(200) }), { maxLength: 20 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(300), jobs, (window, ofOthers, demands) => {
        const occupied = ofOthers + sum(demands.map(({ inFlight }) => inFlight));
        const shares = shareWindow(window, occupied, demands);
        const free = Math.max(0, window - occupied);
        expect(sum(shares)).toBe(Math.min(free, sum(demands.map(({ pending }) => pending))));
        for (const [index, share] of shares.entries()) {
          const { inFlight, pending } = demands[index]!;
          expect(share).toBeLessThanOrEqual(pending);
          const mine = inFlight + share;
          // Whoever got something is at most one ahead of each job that has more to send.
          for (const [other, { inFlight: its, pending: left }] of demands.entries()) {
            if (share > 0 && shares[other]! < left) expect(mine).toBeLessThanOrEqual(its + shares[other]! + 1);
          }
        }
      }),
    );
  });
});
