import type { CommandOutcome, SimStatus } from '#libs/contracts';
import { eventually } from '#libs/testing';
import type { PlatformScene, PlatformSubscriber } from './platforms.js';
import { readPublished } from './published.js';
import { countRows, readOperations } from './state.js';

const simsAtOnce = 50;
const publishedWithinMs = 60_000;

/**
 * Everything that can be said against a scene in which every command has put another SIM from ACTIVE to this status, once all
 * operations have ended: each was carried out once, and Simyard has what the platform has. An operation ends before its end is
 * published, so this waits for the outbox to be empty.
 */
export async function platformProblems(scene: PlatformScene, status: SimStatus): Promise<string[]> {
  const { stack, producer, reader, subscribers } = scene;
  await eventually(
    async () => {
      const left = await countRows(stack.database, 'messaging.outbox');
      if (left > 0) throw new Error(`${left} rows in the outbox`);
    },
    { timeoutMs: publishedWithinMs, intervalMs: 100 },
  );
  await reader.catchUp();
  const { outcomes, problems } = readPublished(reader);
  const ended = outcomes.map(({ value }) => value).filter((outcome) => outcome.status !== 'ACCEPTED');
  return [
    ...problems,
    ...endProblems(producer.ledger.ids, ended),
    ...(await operationProblems(scene)),
    ...(await effectProblems(scene)),
    ...(await simProblems(scene, subscribers, status)),
    ...reader.deadLetters().map(({ topic, offset }) => `dead letter: ${topic} ${offset}`),
    ...((await countRows(stack.database, 'operations.lock')) > 0 ? ['locks are left'] : []),
  ].slice(0, 20);
}

function endProblems(ids: ReadonlySet<string>, ended: CommandOutcome[]): string[] {
  const endsOf = Map.groupBy(ended, ({ commandId }) => commandId);
  return [...ids].flatMap((id) => {
    const ends = (endsOf.get(id) ?? []).map(({ status, error }) => `${status} ${error?.code ?? ''}`.trim());
    return ends.join() === 'COMPLETED' ? [] : [`${id} ended ${ends.join(', ') || 'not at all'}`];
  });
}

async function operationProblems({ stack, producer }: PlatformScene): Promise<string[]> {
  const operations = await readOperations(stack.database);
  const open = operations.filter(({ status }) => status !== 'COMPLETED');
  const missing = producer.ledger.ids.size - operations.length;
  return [
    ...(missing === 0 ? [] : [`there are ${-missing} operations too many`]),
    ...open.map(({ commandId, status }) => `the operation of ${commandId} is ${status}`),
  ];
}

/** What the simulator has counted: each change took effect once. */
async function effectProblems({ simulator, subscribers }: PlatformScene): Promise<string[]> {
  const wanted = Map.groupBy(subscribers, ({ platform }) => platform);
  return Object.entries(await simulator.counts()).flatMap(([name, { effects, repeatedEffects }]) => {
    const sims = wanted.get(name)?.length ?? 0;
    return effects === sims && repeatedEffects === 0
      ? []
      : [`${name} carried out ${effects} changes of ${sims} SIMs, ${repeatedEffects} of them again`];
  });
}

async function simProblems(
  { stack, simulator }: PlatformScene,
  subscribers: PlatformSubscriber[],
  wanted: SimStatus,
): Promise<string[]> {
  const stored = new Map(
    (
      await stack.database.query<{ iccid: string; status: string; version: number }>(
        'select iccid, status, version from inventory.sim',
      )
    ).map(({ iccid, status, version }) => [iccid, `${status} ${version}`]),
  );
  const problems: string[] = [];
  for (let from = 0; from < subscribers.length; from += simsAtOnce) {
    const found = await Promise.all(
      subscribers.slice(from, from + simsAtOnce).map(async ({ platform, iccid }) => {
        const { status } = await simulator.sim(platform, iccid);
        const here = stored.get(iccid);
        return status === wanted && here === `${wanted} 2`
          ? []
          : [`${iccid} is ${here} here, ${status} at ${platform}`];
      }),
    );
    problems.push(...found.flat());
  }
  return problems;
}
