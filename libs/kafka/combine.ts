import type { KafkaRecord } from './record.js';

type Handle = (records: KafkaRecord[]) => Promise<void>;

interface Slice {
  records: KafkaRecord[];
  done: () => void;
  failed: (error: unknown) => void;
}

export interface CombineOptions {
  /** records of a call at most, but for a slice that is larger alone; asked for before each call */
  maxRecords: () => number;
  /** calls at the same time */
  parallel: number;
  /** awaited after a call, which took so long, before the next in its place */
  rest?: (tookMs: number) => Promise<void>;
}

/**
 * Handles slices of several partitions together: while as many calls as may be are under way, the slices that come
 * meanwhile gather for the next. When a combined one fails, each of its slices is handled alone, so that a partition
 * answers for its own only; one that has failed stays alone, and makes no other wait, until it goes well again.
 */
export function combineSlices(handle: Handle, { maxRecords, parallel, rest }: CombineOptions): Handle {
  const waiting: Slice[] = [];
  const inTrouble = new Set<string>();
  let running = 0;

  const run = async (): Promise<void> => {
    running += 1;
    // Slices of the same fetch arrive within one turn of the event loop.
    await new Promise(setImmediate);
    while (waiting.length > 0) {
      const begin = performance.now();
      await handleTogether(takeSome(waiting, maxRecords()));
      await rest?.(performance.now() - begin);
    }
    running -= 1;
  };

  const handleTogether = async (slices: Slice[]): Promise<void> => {
    try {
      await handle(slices.flatMap((slice) => slice.records));
      for (const slice of slices) slice.done();
    } catch (error) {
      const [only] = slices;
      if (slices.length > 1) for (const slice of slices) await handleAlone(slice);
      else if (only) fail(only, error);
    }
  };

  const handleAlone = async (slice: Slice): Promise<void> => {
    try {
      await handle(slice.records);
      inTrouble.delete(partitionOf(slice));
      slice.done();
    } catch (error) {
      fail(slice, error);
    }
  };

  const fail = (slice: Slice, error: unknown): void => {
    inTrouble.add(partitionOf(slice));
    slice.failed(error);
  };

  return (records) =>
    new Promise((done, failed) => {
      const slice = { records, done, failed };
      if (inTrouble.has(partitionOf(slice))) {
        void handleAlone(slice);
        return;
      }
      waiting.push(slice);
      if (running < parallel) void run();
    });
}

const partitionOf = ({ records: [first] }: Slice): string => `${first?.topic}/${first?.partition}`;

function takeSome(waiting: Slice[], maxRecords: number): Slice[] {
  const taken = waiting.splice(0, 1);
  let records = taken[0]?.records.length ?? 0;
  for (let next = waiting[0]; next && records + next.records.length <= maxRecords; next = waiting[0]) {
    taken.push(next);
    records += next.records.length;
    waiting.shift();
  }
  return taken;
}
