import { describe, expect, it } from '@jest/globals';
import { parseTime } from './time.js';

describe('parseTime', () => {
  it.each([
    ['2026-03-10T12:00:00Z', '2026-03-10T12:00:00.000Z'],
    ['2024-02-29T23:59:59.123456Z', '2024-02-29T23:59:59.123Z'],
    ['2026-03-10T12:00:00.5+02:00', '2026-03-10T10:00:00.500Z'],
  ])('reads %s', (text, time) => {
    expect(parseTime(text)?.toISOString()).toBe(time);
  });

  it.each([
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-03-10T24:00:00Z',
    '2026-03-10T12:60:00Z',
    '2026-03-10',
    '2026-03-10T12:00:00',
    '1969-12-31T23:59:59Z',
    '0000-01-01T00:00:00Z',
    'yesterday',
    '',
  ])('refuses %j', (text) => {
    expect(parseTime(text)).toBeUndefined();
  });
});
