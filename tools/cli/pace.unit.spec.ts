import { describe, expect, it } from '@jest/globals';
import { createPace, durationText, paceText } from './pace.js';

describe('createPace', () => {
  it('knows the pace of the last ten seconds, once there is one', () => {
    let at = 0;
    const pace = createPace(() => at);
    expect(pace(0, 1000)).toBeUndefined();
    at = 1000;
    expect(pace(0, 1000)).toBeUndefined();
    at = 2000;
    expect(pace(100, 1000)).toEqual({ perSecond: 50, secondsLeft: 18 });
    at = 12_000;
    expect(pace(400, 1000)).toEqual({ perSecond: 30, secondsLeft: 20 });
    at = 60_000;
    expect(pace(400, 1000)).toBeUndefined();
  });

  it('is told in words', () => {
    expect(paceText({ perSecond: 2430.6, secondsLeft: 13.2 })).toBe('2,431/s, 14 s left');
    expect([59_000, 60_000, 200_500, 7_500_000].map(durationText)).toEqual([
      '59 s',
      '1 min 0 s',
      '3 min 21 s',
      '2 h 5 min',
    ]);
  });
});
