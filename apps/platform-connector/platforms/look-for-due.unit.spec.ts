import { expect, it } from '@jest/globals';
import { createLogger } from '#libs/runtime';
import { eventually } from '#libs/testing';
import { lookForDue } from './look-for-due.js';

it('one look wakes all platforms that have something due, again and again, also after one that failed', async () => {
  const asked: string[][] = [];
  const woken: string[][] = [];
  const due = [() => Promise.reject(new Error('Postgres is away')), () => Promise.resolve(['STC', 'TMUS'])];
  const readDue = (platforms: string[]): Promise<string[]> => {
    asked.push(platforms);
    return (due.shift() ?? (() => Promise.resolve([])))();
  };
  const platforms = { names: () => ['JASPER', 'STC', 'TMUS'], wake: (names: string[]) => void woken.push(names) };
  const loop = lookForDue(readDue, platforms, createLogger('spec', 'silent'));
  await eventually(() => expect(woken.slice(0, 2)).toEqual([['STC', 'TMUS'], []]));
  await loop.stop();
  expect(asked[0]).toEqual(['JASPER', 'STC', 'TMUS']);
});
