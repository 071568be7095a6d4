import { collectDefaultMetrics, register } from 'prom-client';

export { Counter, Gauge, Histogram } from 'prom-client';

/** The process's one Prometheus registry, with Node's own metrics. */
export const metricsRegistry = register;

let collecting = false;
export function collectProcessMetrics(): void {
  if (collecting) return;
  collecting = true;
  collectDefaultMetrics();
}
