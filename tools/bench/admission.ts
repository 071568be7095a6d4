import { call, locked, ok, type Credentials } from './http.js';
import { latencyOf, type Latency } from './latency.js';
import { simStatusUrl, statusOfTurn } from './single-calls.js';
import type { BenchStack } from './stack.js';
import { countUsage, type Usage } from './usage.js';

export interface AdmissionResult extends Latency {
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

const connections = 64;
/** So many that a user's last write has ended when it is his turn again; each has a subscriber. */
export const lockUsers = 4000;
const warmUp = 2000;

/**
 * Writes of floLIVE by as many connections as a closed loop needs to keep one gateway process busy. Each takes both locks;
 * one after the other is by another user on another subscriber. All services run, and carry the writes out meanwhile.
 */
export async function measureAdmission(stack: BenchStack, writes: number): Promise<AdmissionResult> {
  const services = await stack.start(['dwh-sink', 'subscriber', 'monitor', 'gateway']);
  const gatewayUrl = (await services.find(({ name }) => name === 'gateway')?.up) ?? '';
  const clients = await stack.newClients(lockUsers);
  await writeAll(gatewayUrl, clients, 0, warmUp);
  const used = await countUsage(stack, services);
  const startedAt = performance.now();
  const answers = await writeAll(gatewayUrl, clients, warmUp, warmUp + writes);
  const seconds = (performance.now() - startedAt) / 1000;
  const usage = await used();
  await stack.stopServices();
  const count = (wanted: number): number => answers.filter(({ status }) => status === wanted).length;
  const accepted = count(ok);
  return {
    ...{ writes, seconds, accepted, acceptedPerSecond: accepted / seconds },
    ...{ locked: count(locked), failures: writes - accepted - count(locked), usage },
    ...latencyOf(answers.map(({ ms }) => ms)),
  };
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
