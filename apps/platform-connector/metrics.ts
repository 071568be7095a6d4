import type { RequestCounts, StoreResult } from '#libs/platforms';
import { Counter, Gauge, Histogram } from '#libs/runtime';

const stored = new Counter({
  name: 'simyard_platform_requests_stored_total',
  help: 'Requests for platforms that came, by what became of them',
  labelNames: ['result'],
});
const calls = new Histogram({
  name: 'simyard_platform_call_seconds',
  help: 'Calls to platforms, by what was asked and what came of it',
  labelNames: ['platform', 'call', 'outcome'],
  buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
});
const ended = new Counter({
  name: 'simyard_platform_requests_ended_total',
  help: 'Requests that calls have brought to their end',
  labelNames: ['platform', 'state'],
});
const throttled = new Counter({
  name: 'simyard_platform_throttled_total',
  help: "Calls not made, as the platform's limit was used up",
  labelNames: ['platform'],
});
const open = new Gauge({
  name: 'simyard_platform_requests_open',
  help: 'Requests that wait for their end',
  labelNames: ['platform'],
});
const unsettled = new Gauge({
  name: 'simyard_platform_requests_unsettled',
  help: 'Requests that have ended, without it being recorded yet what the platform has',
  labelNames: ['platform'],
});
const breakerOpen = new Gauge({
  name: 'simyard_platform_breaker_open',
  help: '1 while this process sends a platform nothing, as it did not answer',
  labelNames: ['platform'],
});

export function countStored(result: StoreResult, unreadable: number): void {
  stored.inc({ result: 'stored' }, result.stored);
  stored.inc({ result: 'refused' }, result.refused);
  stored.inc({ result: 'repeated' }, result.repeated);
  stored.inc({ result: 'unreadable' }, unreadable);
}

export function countCall(platform: string, call: string, outcome: string, seconds: number): void {
  calls.observe({ platform, call, outcome }, seconds);
}

export const countEnd = (platform: string, state: string): void => ended.inc({ platform, state });

export const countThrottled = (platform: string): void => throttled.inc({ platform });

export function showCounts(counts: RequestCounts[]): void {
  for (const { platform, ...count } of counts) {
    open.set({ platform }, count.open);
    unsettled.set({ platform }, count.unsettled);
  }
}

export const showBreaker = (platform: string, isOpen: boolean): void => breakerOpen.set({ platform }, isOpen ? 1 : 0);
