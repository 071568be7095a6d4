import { Counter, Gauge, Histogram } from '#libs/runtime';

export const callbackAttempts = new Counter({
  name: 'simyard_callback_attempts_total',
  help: 'Attempts to tell a caller, by what follows: DELIVERED, DUE (another attempt) or GIVEN_UP',
  labelNames: ['state'] as const,
});

export const callbacksInFlight = new Gauge({
  name: 'simyard_callbacks_in_flight',
  help: 'Attempts under way',
});

export const callbackLatency = new Histogram({
  name: 'simyard_callback_latency_seconds',
  help: 'From the end of an operation until its caller has been told',
  buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 36_000],
});
