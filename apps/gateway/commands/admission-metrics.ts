import { Counter, Histogram } from '#libs/runtime';
import type { AdmissionEnd } from './admit-batch.js';

const admissions = new Counter({
  name: 'simyard_admissions_total',
  help: 'REST writes by what became of them at admission',
  labelNames: ['end'],
});
const batches = new Histogram({
  name: 'simyard_admission_batch_writes',
  help: 'REST writes admitted in one transaction',
  buckets: [1, 2, 5, 10, 20, 50, 100],
});

/** Counts a batch of writes and passes their ends on. */
export function counted(ends: AdmissionEnd[]): AdmissionEnd[] {
  batches.observe(ends.length);
  for (const { status } of ends) admissions.inc({ end: status });
  return ends;
}
