import { expect, it } from '@jest/globals';
import { createAlarm } from './alarm.js';

const long = 60_000;

it('ends a pause that is under way, and the next one if it rang before', async () => {
  const alarm = createAlarm();
  const paused = alarm.within(long);
  alarm.ring();
  await expect(paused).resolves.toBeUndefined();
  await expect(alarm.within(long)).resolves.toBeUndefined();
});

it('is forgotten by a reset, and the pause ends by itself', async () => {
  const alarm = createAlarm();
  alarm.ring();
  alarm.reset();
  let ended = false;
  const paused = alarm.within(1).then(() => (ended = true));
  await Promise.resolve();
  expect(ended).toBe(false);
  await paused;
  expect(ended).toBe(true);
});
