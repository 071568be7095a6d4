import { Counter, Histogram } from '#libs/runtime';
import type { BatchPlan } from './plan.js';

const inserted = new Counter({
  name: 'simyard_dwh_changes_inserted_total',
  help: 'Entity changes stored for the first time',
});
const repeats = new Counter({
  name: 'simyard_dwh_changes_repeated_total',
  help: 'Entity changes that were stored before',
});
const conflicts = new Counter({
  name: 'simyard_dwh_changes_conflicting_total',
  help: 'Entity changes not stored, since their version is stored with another content',
});
const missing = new Counter({
  name: 'simyard_dwh_versions_missing_total',
  help: 'Versions that were jumped over when a later one was stored',
});
const unreadable = new Counter({
  name: 'simyard_dwh_unreadable_total',
  help: 'Records that could not be read and went to the dead-letter topic, by cause',
  labelNames: ['code'],
});
const latency = new Histogram({
  name: 'simyard_dwh_end_to_end_seconds',
  help: 'From the change in the service to its commit in the warehouse',
  buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600],
});

/** Counts a batch after its commit. `now` in ms since 1970. */
export function countBatch(plan: BatchPlan, now: number): void {
  inserted.inc(plan.inserts.length);
  repeats.inc(plan.repeats);
  conflicts.inc(plan.conflicts.length);
  for (const { from, to } of plan.missing) missing.inc(to - from + 1);
  for (const { change } of plan.inserts) {
    latency.observe(Math.max(0, now - Date.parse(change.businessTransaction.occurredAt)) / 1000);
  }
}

export function countUnreadable(code: string): void {
  unreadable.inc({ code });
}
