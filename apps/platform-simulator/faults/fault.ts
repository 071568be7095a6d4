import type { Operation } from '../world/sims.js';

/** Faults of the call itself: the answer is late, wrong, or never comes. */
const callFault = ['on', 'afterEffect'] as const;

/** The faults, and which settings each takes beside those that all take; those marked by `needs` must be given. */
export const faultKinds = {
  DELAY: { takes: [...callFault, 'delayMs'], needs: ['delayMs'] },
  TIME_OUT: { takes: callFault, needs: [] },
  RESET: { takes: callFault, needs: [] },
  MALFORMED_BODY: { takes: callFault, needs: [] },
  SERVER_ERROR: { takes: [...callFault, 'status', 'retryAfterSeconds'], needs: [] },
  RATE_LIMIT: { takes: ['on', 'retryAfterSeconds'], needs: [] },
  REFUSE: { takes: [], needs: [] },
  STUCK: { takes: [], needs: [] },
  CALLBACK_NEVER: { takes: [], needs: [] },
  CALLBACK_DUPLICATE: { takes: ['copies'], needs: [] },
  CALLBACK_OUT_OF_ORDER: { takes: [], needs: [] },
  CALLBACK_EARLY: { takes: [], needs: [] },
  CALLBACK_DELAY: { takes: ['delayMs'], needs: ['delayMs'] },
} as const satisfies Record<string, { takes: readonly FaultSetting[]; needs: readonly FaultSetting[] }>;

export type FaultKind = keyof typeof faultKinds;

/** Settings that only some kinds take. */
export const faultSettings = ['on', 'afterEffect', 'delayMs', 'status', 'retryAfterSeconds', 'copies'] as const;
export type FaultSetting = (typeof faultSettings)[number];

export interface Fault {
  /** from 1, in order of creation since the last reset */
  id: number;
  platform: string;
  /** of every SIM, unless told */
  iccid?: string;
  kind: FaultKind;
  /** requests it befalls: changes, reads of a SIM, polls of a request; all, unless told */
  on?: Operation[];
  /** the request is carried out first; only then it goes wrong */
  afterEffect: boolean;
  /** of requests it still befalls at most; all, unless told */
  count?: number;
  /** 1 befalls every request */
  probability: number;
  delayMs?: number;
  status?: number;
  retryAfterSeconds?: number;
  /** callbacks that come in addition */
  copies?: number;
  /** requests it has befallen */
  hits: number;
}

/** The first setting that the kind does not take or lacks, in words; undefined when all is well. */
export function wrongSetting(
  fault: Partial<Fault> & Pick<Fault, 'kind'>,
): { field: string; problem: string } | undefined {
  const { takes, needs }: { takes: readonly FaultSetting[]; needs: readonly FaultSetting[] } = faultKinds[fault.kind];
  const foreign = faultSettings.find((field) => fault[field] !== undefined && !takes.includes(field));
  if (foreign) return { field: foreign, problem: `is not a setting of ${fault.kind}` };
  const missing = needs.find((field) => fault[field] === undefined);
  return missing && { field: missing, problem: `must be given for ${fault.kind}` };
}
