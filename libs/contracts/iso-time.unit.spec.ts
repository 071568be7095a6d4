import { describe, expect, it } from '@jest/globals';
import { isoTime } from './iso-time.js';

describe('isoTime', () => {
  it('says of each time what toISOString says, whatever was asked before', () => {
    const times = [
      '2026-11-22T08:40:00.001Z',
      '2026-11-22T08:40:00.001Z',
      '1969-12-31T23:59:59.999Z',
      '2026-11-22T08:40:00.001Z',
    ];
    expect(times.map((time) => isoTime(new Date(time)))).toEqual(times);
  });

  it('refuses an invalid time each time', () => {
    const invalid = new Date(Number.NaN);
    expect(() => isoTime(invalid)).toThrow(RangeError);
    expect(() => isoTime(invalid)).toThrow(RangeError);
  });
});
