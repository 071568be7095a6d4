import type { Change } from '#libs/platforms';
import type { Answer } from '../contract/answer.js';

/** What came under one idempotency key, and what became of it. */
export interface LedgerEntry {
  /** in order of first arrival, from 1 */
  number: number;
  platform: string;
  iccid: string;
  idempotencyKey: string;
  reference: string | null;
  change: Change;
  /** requests with this key */
  received: number;
  /** how often one of them changed the SIM */
  effects: number;
  /** how often each status was answered; `none` and `reset` where there was no answer */
  answers: Record<string, number>;
  /** asynchronous requests that were accepted */
  requestIds: string[];
  /** of an idempotent platform: the answer to repeats */
  answer?: Promise<Answer>;
}

export type Arrival = Pick<LedgerEntry, 'platform' | 'iccid' | 'idempotencyKey' | 'reference' | 'change'>;

export interface Ledger {
  /** The entry of a request that has just come. */
  receive(arrival: Arrival): LedgerEntry;
  /** In order of first arrival, those numbered above `after`. */
  list(filter: LedgerFilter): LedgerEntry[];
}

export interface LedgerFilter {
  platform?: string;
  iccid?: string;
  idempotencyKey?: string;
  reference?: string;
  /** only those that took effect more than once */
  repeated: boolean;
  after: number;
  limit: number;
}

/** Remembers that many keys; older ones are forgotten, and then count as new. */
const keysRemembered = 200_000;

export function createLedger(limit = keysRemembered): Ledger {
  const entries = new Map<string, LedgerEntry>();
  let last = 0;
  return {
    receive: (arrival) => {
      const key = `${arrival.platform} ${arrival.idempotencyKey}`;
      const entry = entries.get(key) ?? {
        ...arrival,
        number: (last += 1),
        received: 0,
        effects: 0,
        answers: {},
        requestIds: [],
      };
      entries.set(key, entry);
      entry.received += 1;
      for (const oldest of entries.keys()) {
        if (entries.size <= limit) break;
        entries.delete(oldest);
      }
      return entry;
    },
    list: (filter) => {
      const listed: LedgerEntry[] = [];
      for (const entry of entries.values()) {
        if (listed.length === filter.limit) break;
        if (passes(entry, filter)) listed.push(entry);
      }
      return listed;
    },
  };
}

export const countAnswer = ({ answers }: LedgerEntry, answer: string): void => {
  answers[answer] = (answers[answer] ?? 0) + 1;
};

const named = ['platform', 'iccid', 'idempotencyKey', 'reference'] as const;

function passes(entry: LedgerEntry, filter: LedgerFilter): boolean {
  if (entry.number <= filter.after || (filter.repeated && entry.effects < 2)) return false;
  return named.every((field) => filter[field] === undefined || filter[field] === entry[field]);
}
