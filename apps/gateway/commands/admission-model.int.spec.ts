import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { resourceTypeSource } from '#libs/inventory';
import {
  openAdmissionScene,
  attach,
  changeStatus,
  subscribers,
  user,
  type AdmissionScene,
} from '../testing/admission-scene.js';
import type { AdmissionEnd } from './admit-batch.js';
import { admit } from './admit.js';
import { planAdmission, type Admission } from './plan-admission.js';

let scene: AdmissionScene;
const types = resourceTypeSource();

beforeAll(async () => {
  scene = await openAdmissionScene();
}, 60_000);

afterAll(() => scene.close());

interface Wanted {
  facade: 'flolive' | 'ocs';
  username: string;
  externalId: string;
}

const users = ['alice', 'bob', 'carol', 'dave'];
const wanted: fc.Arbitrary<Wanted> = fc.record({
  facade: fc.constantFrom('flolive', 'ocs'),
  username: fc.constantFrom(...users),
  externalId: fc.constantFrom(...subscribers.slice(0, 6)),
});
/** Of each gateway its batches, one after the other. */
const gateways = fc.array(fc.array(fc.array(wanted, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 3 }), {
  minLength: 2,
  maxLength: 4,
});

interface Attempt {
  wish: Wanted;
  operationId: string;
  end: AdmissionEnd | undefined;
}

describe('gateways that admit what collides, in any order', () => {
  it('deadlock never, give each lock to one, and refuse only what one of them holds', async () => {
    await fc.assert(
      fc.asyncProperty(gateways, async (ofGateways) => {
        await scene.clear();
        const attempts = (await Promise.all(ofGateways.map(admitInTurn))).flat();
        const admitted = attempts.filter(({ end }) => end?.status === 'ADMITTED');
        const locksOf = new Map(admitted.map(({ operationId, wish }) => [operationId, locks(wish)]));

        const { operations, keys, commands, locks: held } = await scene.stored();
        const ids = [...locksOf.keys()].sort();
        expect({ operations, keys, commands }).toEqual({ operations: ids, keys: ids, commands: ids });
        expect(held).toHaveLength([...locksOf.values()].flat().length);
        const all = [...locksOf.values()].flat();
        expect(new Set(all).size).toBe(all.length);
        for (const { end, wish } of attempts) {
          if (end?.status === 'ADMITTED') continue;
          if (end?.status !== 'LOCKED') throw new Error(`${end?.status}`, { cause: end });
          expect(locks(wish)).toEqual(expect.arrayContaining([oneOf(locksOf.get(end.operationId), locks(wish))]));
        }
      }),
      { numRuns: 60 },
    );
    expect(await deadlocks()).toBe(0);
  }, 120_000);
});

async function admitInTurn(batches: Wanted[][]): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  for (const batch of batches) {
    const admissions = batch.map(toAdmission);
    const ends = await admit(scene.database, types, admissions);
    attempts.push(
      ...batch.map((wish, index) => ({
        wish,
        operationId: admissions[index]!.operation.operationId,
        end: ends[index],
      })),
    );
  }
  return attempts;
}

function toAdmission({ facade, username, externalId }: Wanted): Admission {
  const client = user(username);
  const write = facade === 'flolive' ? attach(client, externalId) : changeStatus(client, { externalId });
  return planAdmission(write, uuidv7(), new Date(), 600_000);
}

/** The model: what a write holds. */
const locks = ({ facade, username, externalId }: Wanted): string[] =>
  facade === 'flolive' ? [`user ${username}`, externalId] : [externalId];

const oneOf = (held: string[] | undefined, asked: string[]): string | undefined =>
  held?.find((lock) => asked.includes(lock));

async function deadlocks(): Promise<number> {
  const [row] = await scene.database.query<{ deadlocks: string }>(
    'select deadlocks from pg_stat_database where datname = current_database()',
  );
  return Number(row?.deadlocks);
}
