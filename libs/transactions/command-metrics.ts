import { commandOfType, type OutcomeStatus } from '#libs/contracts';
import { Counter, Histogram } from '#libs/runtime';

/** What a batch did, to be counted once its transaction is committed. */
export interface BatchResult {
  ended: EndedCommand[];
  deadLetters: { topic: string; code: string }[];
  news: CallersNews;
  /** commands that had been handled before */
  repeats: number;
}

/** What callers wait for. */
export interface CallersNews {
  /** rows of a lane of theirs */
  written: boolean;
  ended: boolean;
}

export interface EndedCommand {
  /** CloudEvents type */
  type: string;
  status: OutcomeStatus;
  /** when it was sent, ms since 1970 */
  sentAt: number;
}

const commands = new Counter({
  name: 'simyard_commands_total',
  help: 'Commands that have ended, by type and status of their outcome',
  labelNames: ['type', 'status'],
});
const latency = new Histogram({
  name: 'simyard_command_latency_seconds',
  help: 'From when a command was sent (ce_time, else the time of its record) to the commit of its end',
  labelNames: ['type'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600],
});
const deadLetters = new Counter({
  name: 'simyard_command_dead_letters_total',
  help: 'Commands sent to a dead-letter topic, by cause',
  labelNames: ['topic', 'code'],
});
const repeats = new Counter({ name: 'simyard_inbox_repeats_total', help: 'Commands that had been handled before' });

/** `now` in ms since 1970. */
export function countBatch(result: BatchResult, now: number): void {
  repeats.inc(result.repeats);
  for (const { topic, code } of result.deadLetters) deadLetters.inc({ topic, code });
  for (const { type: given, status, sentAt } of result.ended) {
    // A type that nobody knows may be any text: it must not become a time series.
    const type = commandOfType(given) === undefined ? 'unknown' : given;
    commands.inc({ type, status });
    latency.observe({ type }, Math.max(0, now - sentAt) / 1000);
  }
}
