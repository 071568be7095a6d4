import { Counter } from '#libs/runtime';

const callbacks = new Counter({
  name: 'simyard_platform_callbacks_total',
  help: 'Callbacks of platforms',
  labelNames: ['platform', 'end'],
});

/** RECORDED; UNKNOWN: taken, but of no request that is known; REFUSED: not authentic, not readable, or not stored. */
export type CallbackEnd = 'RECORDED' | 'UNKNOWN' | 'REFUSED';

/** @param platform one that is configured */
export const countCallback = (platform: string, end: CallbackEnd): void => callbacks.inc({ platform, end });
