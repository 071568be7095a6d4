import { isDeepStrictEqual } from 'node:util';
import {
  businessTransactionsTopic,
  commandOutcomesTopic,
  type CommandOutcome,
  type EntityChanged,
} from '#libs/contracts';
import { textHeader, type Reader, type ReadRecord } from './reader.js';

/** An event at the place where it was published first, and how often it came again. */
export interface Published<Value> {
  eventId: string;
  value: Value;
  partition: number;
  offset: bigint;
  /** every offset at which it stands, the first included */
  offsets: bigint[];
}

export interface PublishedAll {
  outcomes: Published<CommandOutcome>[];
  changes: Published<EntityChanged>[];
  /** records that repeat an earlier one */
  repeats: number;
  problems: string[];
}

/** Events by their ce_id, in the order of first publication per partition. A repeat that differs is a problem. */
export function readPublished(reader: Reader): PublishedAll {
  const problems: string[] = [];
  const outcomes = firstOfEach<CommandOutcome>(reader.of(commandOutcomesTopic), problems);
  const changes = firstOfEach<EntityChanged>(reader.of(businessTransactionsTopic), problems);
  const repeats = [...outcomes, ...changes].reduce((sum, { offsets }) => sum + offsets.length - 1, 0);
  return { outcomes, changes, repeats, problems };
}

function firstOfEach<Value>(records: ReadRecord[], problems: string[]): Published<Value>[] {
  const seen = new Map<string, { first: Published<Value>; record: ReadRecord }>();
  for (const record of records) {
    const eventId = textHeader(record, 'ce_id');
    const known = seen.get(eventId);
    if (known) {
      known.first.offsets.push(record.offset);
      if (!isSame(known.record, record)) problems.push(`${eventId} was published again with another content`);
    } else {
      const value = JSON.parse(record.value?.toString('utf8') ?? 'null') as Value;
      const { partition, offset } = record;
      seen.set(eventId, { first: { eventId, value, partition, offset, offsets: [offset] }, record });
    }
  }
  return [...seen.values()].map(({ first }) => first);
}

const isSame = (one: ReadRecord, other: ReadRecord): boolean =>
  one.partition === other.partition &&
  isDeepStrictEqual([one.key, one.value, one.headers], [other.key, other.value, other.headers]);
