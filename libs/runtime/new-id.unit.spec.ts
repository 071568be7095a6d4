import { expect, it, jest } from '@jest/globals';
import { validate, version } from 'uuid';
import { newId } from './new-id.js';

const countOf = (id: string): number => Number.parseInt(id.slice(15, 18) + id.slice(20, 23), 16);

it('gives UUIDs of version 7 that tell the time', () => {
  const before = Date.now();
  const id = newId();
  const time = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
  expect([validate(id), version(id)]).toEqual([true, 7]);
  expect(time).toBeGreaterThanOrEqual(before);
  expect(time).toBeLessThanOrEqual(Date.now());
});

it('gives ids that ascend within a millisecond, each with a random end', () => {
  const clock = jest.spyOn(Date, 'now').mockReturnValue(1_795_200_000_000);
  const ids = Array.from({ length: 5000 }, newId);
  clock.mockRestore();
  expect(ids).toEqual(ids.toSorted());
  expect(ids.every((id) => id.startsWith('01a1fa42-2000-7'))).toBe(true);
  expect(new Set(ids.map((id) => id.slice(24))).size).toBe(ids.length);
  expect(countOf(ids[4999]!) - countOf(ids[0]!)).toBe(4999);
});

it('uses random bytes once', () => {
  const clock = jest.spyOn(Date, 'now');
  const ids = Array.from({ length: 20_000 }, (_, n) => {
    clock.mockReturnValue(1_795_200_000_000 + Math.floor(n / 4));
    return newId();
  });
  clock.mockRestore();
  expect(new Set(ids.map((id) => id.slice(24))).size).toBe(ids.length);
});

it('starts each millisecond elsewhere', () => {
  const clock = jest.spyOn(Date, 'now');
  const starts = Array.from({ length: 1000 }, (_, n) => {
    clock.mockReturnValue(1_795_200_000_000 + n);
    return countOf(newId());
  });
  clock.mockRestore();
  expect(new Set(starts).size).toBeGreaterThan(990);
  expect(Math.max(...starts)).toBeLessThan(2 ** 23);
});
