import { draw } from '../world/random.js';
import type { Operation } from '../world/sims.js';
import type { Fault, FaultKind } from './fault.js';

/** A request as faults see it. */
export interface Call {
  seed: number;
  platform: string;
  iccid: string;
  operation: Operation;
  /** of its SIM and operation, from 1: what is drawn follows from it */
  number: number;
}

export interface CallPlan {
  delayBeforeMs: number;
  /** in place of carrying it out */
  before?: Fault;
  delayAfterMs: number;
  /** in place of the answer */
  after?: Fault;
}

const endings: FaultKind[] = ['TIME_OUT', 'RESET', 'MALFORMED_BODY', 'SERVER_ERROR', 'RATE_LIMIT'];

/** What goes wrong with a call; all delays add up, of the rest the eldest fault wins, and those before the effect first. */
export function planCall(faults: Fault[], call: Call): CallPlan {
  const befalling = faults.filter((fault) => befalls(fault, call));
  const ends = befalling.filter(({ kind }) => endings.includes(kind));
  const before = ends.find(({ afterEffect }) => !afterEffect);
  const after = before ? undefined : ends.find(({ afterEffect }) => afterEffect);
  const delays = befalling.filter(({ kind, afterEffect }) => kind === 'DELAY' && !(before && afterEffect));
  strike([...delays, ...[before, after].filter((fault) => fault !== undefined)]);
  return {
    delayBeforeMs: delayOf(delays.filter(({ afterEffect }) => !afterEffect)),
    ...(before && { before }),
    delayAfterMs: delayOf(delays.filter(({ afterEffect }) => afterEffect)),
    ...(after && { after }),
  };
}

/** Whether the platform refuses a change that it would carry out. */
export function planRefusal(faults: Fault[], call: Call): boolean {
  return strikeFirst(faults, call, ['REFUSE']) !== undefined;
}

/** How an accepted change goes on. */
export interface AcceptancePlan {
  /** never: it stays in progress for ever */
  end: 'done' | 'refused' | 'never';
  /** callbacks at the beginning and after the end; 'end' tells the result */
  first: CallbackKind[];
  then: CallbackKind[];
  /** between the end and its callbacks */
  delayMs: number;
  /** the callbacks come before the answer that accepts the change */
  early: boolean;
}

type CallbackKind = 'progress' | 'end';

export function planAcceptance(
  faults: Fault[],
  call: Call,
  { callsBack, tellsProgress }: { callsBack: boolean; tellsProgress: boolean },
): AcceptancePlan {
  const outcome = strikeFirst(faults, call, ['REFUSE', 'STUCK'])?.kind;
  const silent = { first: [], then: [], delayMs: 0, early: false };
  if (outcome === 'STUCK') return { end: 'never', ...silent };
  const end = outcome === 'REFUSE' ? 'refused' : 'done';
  return callsBack ? { end, ...planCallbacks(faults, call, tellsProgress) } : { end, ...silent };
}

function planCallbacks(faults: Fault[], call: Call, tellsProgress: boolean): Omit<AcceptancePlan, 'end'> {
  const befalling = faults.filter(({ kind }) => kind.startsWith('CALLBACK_')).filter((fault) => befalls(fault, call));
  strike(befalling);
  const has = (kind: FaultKind): boolean => befalling.some((fault) => fault.kind === kind);
  const timing = {
    delayMs: delayOf(befalling.filter(({ kind }) => kind === 'CALLBACK_DELAY')),
    early: has('CALLBACK_EARLY'),
  };
  if (has('CALLBACK_NEVER')) return { first: [], then: [], ...timing };
  const copies = befalling
    .filter(({ kind }) => kind === 'CALLBACK_DUPLICATE')
    .reduce((n, fault) => n + (fault.copies ?? 1), 0);
  const ends = Array<CallbackKind>(1 + copies).fill('end');
  if (has('CALLBACK_OUT_OF_ORDER')) return { first: [], then: [...ends, 'progress'], ...timing };
  return { first: tellsProgress ? ['progress'] : [], then: ends, ...timing };
}

function befalls(fault: Fault, { seed, platform, iccid, operation, number }: Call): boolean {
  if (fault.platform !== platform || (fault.iccid ?? iccid) !== iccid) return false;
  if (fault.on && !fault.on.includes(operation)) return false;
  if (fault.count !== undefined && fault.hits >= fault.count) return false;
  return draw(seed, 'fault', fault.id, platform, iccid, operation, number) < fault.probability;
}

function strikeFirst(faults: Fault[], call: Call, kinds: FaultKind[]): Fault | undefined {
  const first = faults.find((fault) => kinds.includes(fault.kind) && befalls(fault, call));
  if (first) strike([first]);
  return first;
}

function strike(faults: Fault[]): void {
  for (const fault of faults) fault.hits += 1;
}

const delayOf = (faults: Fault[]): number => faults.reduce((sum, { delayMs = 0 }) => sum + delayMs, 0);
