import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceProcess } from '../stack/index.js';
import { call, locked, ok, type Credentials } from './http.js';
import { latencyOf, type Latency } from './latency.js';
import { simStatusUrl, statusOfTurn } from './single-calls.js';
import type { BenchStack } from './stack.js';
import { countUsage, type Usage } from './usage.js';

export interface WritesResult extends Latency {
  writes: number;
  seconds: number;
  /** writes that were acknowledged */
  accepted: number;
  acceptedPerSecond: number;
  /** the user's write before had not ended yet */
  locked: number;
  failures: number;
  usage: Usage;
}

export interface AdmissionResult {
  /** the gateway publishes the commands, and nobody carries them out */
  gatewayAlone: WritesResult;
  /** all services run, on the same cores */
  withServices: WritesResult;
}

const connections = 64;
const warmUp = 2000;
/** So many that a user's last write has ended when it is his turn again. */
const returningUsers = 4000;

/** Each of these subscribers is changed by a user of its own. */
export const lockSubscribers = (writes: number): number => Math.max(warmUp + writes, returningUsers);

/**
 * Writes of floLIVE over as many connections as keep one gateway process busy, each by another user on another subscriber,
 * so that none is refused. First nobody carries them out: locks stay held, each user writes once, and he is looked up in
 * the database for that. Then all services run, and users come back when they have seen their last write end.
 */
export async function measureAdmission(stack: BenchStack, writes: number): Promise<AdmissionResult> {
  const gateways = await stack.start(['gateway']);
  const gatewayUrl = (await gateways[0]?.up) ?? '';
  const users = await stack.newClients(lockSubscribers(writes));
  await writeAll(gatewayUrl, users, 0, warmUp);
  const gatewayAlone = await measureWrites(stack, gateways, { gatewayUrl, users, from: warmUp, writes });
  const services = [...gateways, ...(await stack.start(['dwh-sink', 'subscriber', 'monitor']))];
  await untilNoLocks(stack);
  const returning = users.slice(0, returningUsers);
  await writeAll(gatewayUrl, returning, returningUsers, returningUsers + warmUp);
  const from = returningUsers + warmUp;
  const withServices = await measureWrites(stack, services, { gatewayUrl, users: returning, from, writes });
  await stack.stopServices();
  return { gatewayAlone, withServices };
}

interface Writes {
  gatewayUrl: string;
  users: Credentials[];
  /** the number of the first write; users and statuses follow from it */
  from: number;
  writes: number;
}

async function measureWrites(
  stack: BenchStack,
  services: ServiceProcess[],
  { gatewayUrl, users, from, writes }: Writes,
): Promise<WritesResult> {
  const used = await countUsage(stack, services);
  const startedAt = performance.now();
  const answers = await writeAll(gatewayUrl, users, from, from + writes);
  const seconds = (performance.now() - startedAt) / 1000;
  const count = (wanted: number): number => answers.filter(({ status }) => status === wanted).length;
  const accepted = count(ok);
  return {
    ...{ writes, seconds, accepted, acceptedPerSecond: accepted / seconds },
    ...{ locked: count(locked), failures: writes - accepted - count(locked) },
    ...latencyOf(answers.map(({ ms }) => ms)),
    usage: await used(),
  };
}

async function untilNoLocks({ database }: BenchStack): Promise<void> {
  for (;;) {
    const held = await database.query('select from operations.lock limit 1');
    if (held.length === 0) return;
    await delay(200);
  }
}

/** The writes numbered from `from` to below `to`, each sent as soon as a connection is free. */
async function writeAll(gatewayUrl: string, clients: Credentials[], from: number, to: number) {
  const answers: { status: number; ms: number }[] = [];
  let next = from;
  const work = async (): Promise<void> => {
    for (let n = next++; n < to; n = next++) {
      const index = n % clients.length;
      const client = clients[index];
      if (!client) throw new Error('Nobody writes');
      const json = { status: statusOfTurn(Math.floor(n / clients.length)) };
      const sentAt = performance.now();
      const { status } = await call('PUT', simStatusUrl(gatewayUrl, index), client, { json });
      answers.push({ status, ms: performance.now() - sentAt });
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  return answers;
}
