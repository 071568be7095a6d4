import { asSimyardError, type SimyardError } from '#libs/errors';
import type { KafkaRecord } from './record.js';

export interface WorkOffOptions {
  /** One transaction for these records; throws when none of it happened. */
  handle: (records: KafkaRecord[]) => Promise<void>;
  /** Stores the record's end in the dead-letter topic. */
  deadLetter: (record: KafkaRecord, error: SimyardError, attempts: number) => Promise<void>;
  retryAttempts: number;
  /** told about each failed attempt */
  onError: (error: SimyardError, records: number, attempts: number) => void;
}

/** How far a slice got. With `pauseMs` the partition rests and goes on after the last handled record. */
export interface Progress {
  handled: number;
  pauseMs?: number;
  /** the pause is for infrastructure that is away, and spends no attempt */
  waiting?: boolean;
}

const rerunsBeforeHalving = 2;
const firstRetryPauseMs = 200;
const longestRetryPauseMs = 5000;
const waitPauseMs = 1000;
/** An attempt that failed after longer than this has waited for a lock: kafkajs's fetch loop must not wait for another. */
const slowMs = 1000;

/**
 * Works off slices of one partition. An error that may be one record's fault halves the slice until the culprit stands
 * alone; the culprit is attempted again after a pause, at most retryAttempts times, then dead-lettered. Remembers
 * attempts by offset and how far it has halved between calls, so that it goes on from there when its partition does.
 */
export function createWorkOff(options: WorkOffOptions): (records: KafkaRecord[]) => Promise<Progress> {
  const attempts = new Map<bigint, number>();
  /** records up to `until` are handled at most `size` at a time, since they have failed together */
  let narrowed = { size: Infinity, until: -1n };

  async function workOff(records: KafkaRecord[]): Promise<Progress> {
    let handled = 0;
    while (handled < records.length) {
      const progress = await attempt(nextPart(records.slice(handled)));
      handled += progress.handled;
      if (progress.pauseMs !== undefined) return { ...progress, handled };
    }
    return { handled };
  }

  /** The first records, up to what has failed before: that is a part of its own, or narrowed. */
  function nextPart(records: KafkaRecord[]): KafkaRecord[] {
    const culprit = records.findIndex(({ offset }) => attempts.has(offset));
    if (culprit === 0) return records.slice(0, 1);
    const size = records[0] && records[0].offset <= narrowed.until ? narrowed.size : records.length;
    return records.slice(0, culprit > 0 ? Math.min(culprit, size) : size);
  }

  async function attempt(records: KafkaRecord[]): Promise<Progress> {
    const failure = await tryToHandle(options, records);
    if (failure === undefined) {
      for (const { offset } of records) attempts.delete(offset);
      return { handled: records.length };
    }
    const { error, slow } = failure;
    if (error.disposition === 'wait') return { handled: 0, pauseMs: waitPauseMs, waiting: true };
    const [first, ...others] = records;
    const last = others.at(-1);
    if (first && !last) return afterFailure(first, error);
    narrowed = { size: Math.ceil(records.length / 2), until: last?.offset ?? -1n };
    return slow ? { handled: 0, pauseMs: firstRetryPauseMs } : { handled: 0 };
  }

  async function afterFailure(record: KafkaRecord, error: SimyardError): Promise<Progress> {
    const made = (attempts.get(record.offset) ?? 0) + 1;
    attempts.set(record.offset, made);
    // A lone record that met another transaction is nobody's fault: it is tried again for as long as it takes.
    const final = error.disposition === 'dead-letter' || error.disposition === 'reject';
    const spent = error.disposition === 'retry' && made >= options.retryAttempts;
    if (!final && !spent) return { handled: 0, pauseMs: retryPause(made) };
    try {
      await options.deadLetter(record, error, made);
    } catch (failure) {
      options.onError(asSimyardError(failure), 1, made);
      return { handled: 0, pauseMs: waitPauseMs, waiting: asSimyardError(failure).disposition === 'wait' };
    }
    attempts.delete(record.offset);
    return { handled: 1 };
  }

  return workOff;
}

/** Runs the batch, and again when it quickly met another transaction; undefined when it went well. */
async function tryToHandle(
  { handle, onError }: WorkOffOptions,
  records: KafkaRecord[],
): Promise<{ error: SimyardError; slow: boolean } | undefined> {
  for (let run = 0; ; run += 1) {
    const startedAt = performance.now();
    try {
      await handle(records);
      return undefined;
    } catch (thrown) {
      const error = asSimyardError(thrown);
      const slow = performance.now() - startedAt > slowMs;
      onError(error, records.length, run + 1);
      if (error.disposition !== 'rerun' || slow || run >= rerunsBeforeHalving) return { error, slow };
    }
  }
}

function retryPause(attempts: number): number {
  return Math.min(longestRetryPauseMs, firstRetryPauseMs * 2 ** Math.min(attempts - 1, 10));
}
