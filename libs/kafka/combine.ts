import type { KafkaRecord } from './record.js';

type Handle = (records: KafkaRecord[]) => Promise<void>;

interface Slice {
  records: KafkaRecord[];
  done: () => void;
  failed: (error: unknown) => void;
}

/**
 * Handles slices of several partitions together: while one transaction runs, the slices that come meanwhile gather for
 * the next. When a combined one fails, each of its slices is handled alone, so that a partition answers for its own only.
 */
export function combineSlices(handle: Handle, maxRecords: number): Handle {
  const waiting: Slice[] = [];
  let running = false;

  const run = async (): Promise<void> => {
    running = true;
    // Slices of the same fetch arrive within one turn of the event loop.
    await new Promise(setImmediate);
    while (waiting.length > 0) await handleTogether(handle, takeSome(waiting, maxRecords));
    running = false;
  };

  return (records) =>
    new Promise((done, failed) => {
      waiting.push({ records, done, failed });
      if (!running) void run();
    });
}

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

async function handleTogether(handle: Handle, slices: Slice[]): Promise<void> {
  try {
    await handle(slices.flatMap((slice) => slice.records));
    for (const slice of slices) slice.done();
  } catch (error) {
    const [only] = slices;
    if (slices.length === 1) only?.failed(error);
    else for (const slice of slices) await handleTogether(handle, [slice]);
  }
}
