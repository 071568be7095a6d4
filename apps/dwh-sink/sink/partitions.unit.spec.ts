import { describe, expect, it } from '@jest/globals';
import { monthsAround } from './partitions.js';

describe('monthsAround', () => {
  it('counts months in UTC, across the year and from a 31st', () => {
    expect(monthsAround(new Date('2026-12-31T23:59:59Z'), -1, 2)).toEqual([
      '2026-11-01',
      '2026-12-01',
      '2027-01-01',
      '2027-02-01',
    ]);
  });
});
