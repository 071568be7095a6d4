import { Counter, Gauge } from '#libs/runtime';
import { endedItemStatuses } from '#libs/bulk';
import type { PassResult } from './run-pass.js';

const items = new Counter({
  name: 'simyard_bulk_items_total',
  help: 'Items of bulk jobs that have ended, by how',
  labelNames: ['status'],
});
const inFlight = new Gauge({
  name: 'simyard_bulk_items_in_flight',
  help: 'Items that were sent and have not ended, told by the instance that dispatches',
});
const pending = new Gauge({
  name: 'simyard_bulk_items_pending',
  help: 'Items of running jobs that are still to be sent, told by the instance that dispatches',
});
const held = new Gauge({
  name: 'simyard_bulk_items_held',
  help: 'Those of the pending items that wait until their platform takes more, told by the instance that dispatches',
});
const running = new Gauge({
  name: 'simyard_bulk_jobs_running',
  help: 'Jobs that are being sent or cancelled, told by the instance that dispatches',
});

/** To be called once the pass is committed. An instance that stands by tells zeros, so that the sum is right. */
export function countPass(result: PassResult): void {
  for (const status of endedItemStatuses) items.inc({ status }, result.ended[status]);
  inFlight.set(result.inFlight);
  pending.set(result.pending);
  held.set(result.held);
  running.set(result.running);
}
