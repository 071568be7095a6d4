import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PlatformSettings } from '#libs/platforms';
import { eventually } from '#libs/testing';
import type { Fault, FaultKind } from '../../apps/platform-simulator/faults/fault.js';
import { startPlatformSystem, type Ended, type FleetSim, type PlatformSystem } from './platform-system.js';

/** The ways in which platforms answer; those of "once" carry out a repeat. */
const modes = {
  sync: { changes: { status: 'sync' }, results: 'callback', idempotent: true },
  'sync once': { changes: { status: 'sync' }, results: 'callback', idempotent: false },
  callback: { changes: { status: 'async' }, results: 'callback', idempotent: true },
  'callback once': { changes: { status: 'async' }, results: 'callback', idempotent: false },
  polling: { changes: { status: 'async' }, results: 'polling', idempotent: true },
} as const satisfies Record<string, PlatformSettings>;
type Mode = keyof typeof modes;
const modeNames = Object.keys(modes) as Mode[];

/** Each with platforms of its own, so that several rows of the matrix are under way without one opening another's breaker. */
const lanes = [1, 2, 3];
const platformOf = (mode: Mode, lane: number): string => `${mode.toUpperCase().replace(' ', '-')}-${lane}`;

// A busy machine must connect within the time of a request, or the platform counts as not reached.
const patience = { requestTimeoutMs: 2000, pollMs: 100, callbackGraceMs: 600, giveUpMs: 30_000, attempts: 3 };
const platforms = lanes.flatMap((lane) =>
  modeNames.map((mode) => [platformOf(mode, lane), { ...modes[mode], ...patience }] as const),
);
const tooLateMs = 3000;
const deadlineMs = 40_000;

type Expected = 'DONE' | 'TIMED_OUT' | `FAILED ${number}` | `FAILED ${number}, but changed`;

interface Row {
  name: string;
  faults: ({ kind: FaultKind } & Partial<Fault>)[];
  /** how the operation ends; "but changed": the platform has carried out the change all the same */
  end: Expected;
  /** of modes with another end */
  others?: Partial<Record<Mode, Expected>>;
}

const once: Partial<Fault> = { on: ['change'], count: 1 };
const always: Partial<Fault> = { on: ['change'] };
const afterEffect = true;
const asynchronous = (end: Expected): Partial<Record<Mode, Expected>> => ({
  callback: end,
  'callback once': end,
  polling: end,
});
const called = (end: Expected): Partial<Record<Mode, Expected>> => ({ callback: end, 'callback once': end });

/** Of each fault of a call: once and always, before the effect and after it. */
function ofCall(kind: FaultKind, statusCode: number, settings: Partial<Fault> = {}): Row[] {
  const row = (name: string, more: Partial<Fault>, end: Expected, others?: Row['others']): Row => ({
    ...{ name: `${kind} ${name}`, faults: [{ kind, ...settings, ...more }], end },
    ...(others && { others }),
  });
  return [
    row('once', once, 'DONE'),
    row('once, after the effect', { ...once, afterEffect }, 'DONE'),
    row('at every change', always, `FAILED ${statusCode}`),
    row('at every change, after the effect', { ...always, afterEffect }, 'DONE'),
    row('at everything', {}, `FAILED ${statusCode}`),
    row('at everything, after the effect', { afterEffect }, `FAILED ${statusCode}, but changed`, called('DONE')),
  ];
}

const matrix: Row[] = [
  { name: 'STUCK', faults: [{ kind: 'STUCK' }], end: 'DONE', others: asynchronous('TIMED_OUT') },
  { name: 'no fault', faults: [], end: 'DONE' },
  { name: 'DELAY within the time', faults: [{ kind: 'DELAY', delayMs: 150 }], end: 'DONE' },
  { name: 'DELAY of the effect', faults: [{ kind: 'DELAY', delayMs: tooLateMs, ...once }], end: 'DONE' },
  { name: 'DELAY of the answer', faults: [{ kind: 'DELAY', delayMs: tooLateMs, ...once, afterEffect }], end: 'DONE' },
  ...ofCall('TIME_OUT', 504),
  ...ofCall('RESET', 502),
  ...ofCall('MALFORMED_BODY', 502),
  ...ofCall('SERVER_ERROR', 500, { status: 500 }),
  {
    name: 'SERVER_ERROR with Retry-After',
    faults: [{ kind: 'SERVER_ERROR', retryAfterSeconds: 1, ...once }],
    end: 'DONE',
  },
  { name: 'SERVER_ERROR at polls', faults: [{ kind: 'SERVER_ERROR', on: ['poll'], count: 3 }], end: 'DONE' },
  {
    name: 'RESET at the first question',
    faults: [
      { kind: 'TIME_OUT', ...once, afterEffect },
      { kind: 'RESET', on: ['read'], count: 1 },
    ],
    end: 'DONE',
  },
  { name: 'RATE_LIMIT once', faults: [{ kind: 'RATE_LIMIT', ...once }], end: 'DONE' },
  { name: 'RATE_LIMIT always', faults: [{ kind: 'RATE_LIMIT' }], end: 'FAILED 429' },
  { name: 'RATE_LIMIT for long', faults: [{ kind: 'RATE_LIMIT', retryAfterSeconds: 60 }], end: 'FAILED 429' },
  { name: 'REFUSE', faults: [{ kind: 'REFUSE' }], end: 'FAILED 409' },
  { name: 'CALLBACK_NEVER', faults: [{ kind: 'CALLBACK_NEVER' }], end: 'DONE' },
  { name: 'CALLBACK_DUPLICATE', faults: [{ kind: 'CALLBACK_DUPLICATE', copies: 3 }], end: 'DONE' },
  { name: 'CALLBACK_OUT_OF_ORDER', faults: [{ kind: 'CALLBACK_OUT_OF_ORDER' }], end: 'DONE' },
  { name: 'CALLBACK_EARLY', faults: [{ kind: 'CALLBACK_EARLY' }], end: 'DONE' },
  { name: 'CALLBACK_DELAY', faults: [{ kind: 'CALLBACK_DELAY', delayMs: 1500 }], end: 'DONE' },
];

const names: Record<string, string> = { COMPLETED: 'DONE', TIMED_OUT: 'TIMED_OUT' };
const word = ({ status, statusCode }: Ended): string => names[status] ?? `${status} ${statusCode}`;

let system: PlatformSystem;
const fleet: (FleetSim & { changed: boolean })[] = [];
const ends = new Map<Row, Promise<Partial<Record<Mode, string>>>>();

beforeAll(async () => {
  system = await startPlatformSystem(Object.fromEntries(platforms), {
    SIMYARD_OPERATION_DEADLINE_MS: String(deadlineMs),
  });
  for (const lane of lanes) {
    let turn: Promise<unknown> = Promise.resolve();
    for (const row of matrix.filter((_, index) => index % lanes.length === lane - 1)) {
      const result = turn.then(() => play(row, lane));
      ends.set(row, result);
      // Whoever asks for it sees that it failed.
      turn = result.catch(() => undefined);
    }
  }
}, 120_000);
afterAll(() => system.stop(), 60_000);

const endOf = ({ end, others }: Row, mode: Mode): Expected => others?.[mode] ?? end;

/** Changes a SIM of each mode while its faults last; how each operation has ended. */
async function play(row: Row, lane: number): Promise<Partial<Record<Mode, string>>> {
  const sims = await system.addSims(modeNames.map((mode) => platformOf(mode, lane)));
  const faults = sims.flatMap(({ platform, iccid }) => row.faults.map((fault) => ({ ...fault, platform, iccid })));
  const added = await Promise.all(faults.map((fault) => system.simulator.admin('POST', '/faults', fault)));
  const words = await Promise.all(sims.map(suspended));
  await Promise.all(added.map(({ body }) => system.simulator.admin('DELETE', `/faults/${body.id}`)));
  const changed = modeNames.map((mode) => /DONE|but changed/.test(endOf(row, mode)));
  fleet.push(...sims.map((sim, index) => ({ ...sim, changed: changed[index]! })));
  return Object.fromEntries(modeNames.map((mode, index) => [mode, words[index]]));
}

async function suspended(sim: FleetSim): Promise<string> {
  const commandId = await system.changeStatus(sim, 'SUSPENDED');
  const hasEnded = async (): Promise<Ended> => {
    const ended = await system.endOf(commandId);
    expect(ended).toBeDefined();
    return ended!;
  };
  return word(await eventually(hasEnded, { timeoutMs: 60_000, intervalMs: 50 }));
}

describe('a change of status that meets', () => {
  it.each(matrix)(
    '$name ends as it should',
    async (row) => {
      const wanted = modeNames.map((mode) => [mode, endOf(row, mode).replace(', but changed', '')]);
      expect(await ends.get(row)).toEqual(Object.fromEntries(wanted));
    },
    240_000,
  );
});

describe('in the end', () => {
  it('each platform has done what it should, and nothing twice', async () => {
    for (const { platform, iccid, changed } of fleet) {
      const { body } = await system.simulator.admin('GET', `/sims/${platform}/${iccid}`);
      expect({ platform, iccid, status: body.status }).toEqual({
        platform,
        iccid,
        status: changed ? 'SUSPENDED' : 'ACTIVE',
      });
    }
    const { body } = await system.simulator.admin('GET', '/counts');
    for (const [name] of platforms) expect(body.platforms[name]).toMatchObject({ repeatedEffects: 0 });
    expect(await system.simulator.admin('GET', '/requests?repeated=true')).toMatchObject({ body: { requests: [] } });
  });

  it('Simyard has of each SIM what its platform has, and no lock is left', async () => {
    await eventually(
      async () => {
        const statuses = await Promise.all(fleet.map((sim) => system.statusOf(sim)));
        expect(statuses).toEqual(fleet.map(({ changed }) => (changed ? 'SUSPENDED' : 'ACTIVE')));
      },
      { timeoutMs: 60_000, intervalMs: 500 },
    );
    expect(await system.database.query('select * from operations.lock')).toEqual([]);
  }, 90_000);

  it('all is settled but what is pending for ever', async () => {
    await eventually(
      async () => {
        const unsettled = await system.database.query<{ iccid: string }>(
          'select iccid from platforms.request where not settled',
        );
        expect(unsettled).toHaveLength(3);
      },
      { timeoutMs: 60_000, intervalMs: 500 },
    );
  }, 90_000);
});
