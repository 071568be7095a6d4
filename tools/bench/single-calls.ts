import { setTimeout as delay } from 'node:timers/promises';
import { iccidOf } from './fleet.js';
import { call, ok, type Credentials } from './http.js';
import { latencyOf, type Latency } from './latency.js';

/** Calls of floLIVE, each by another user on another subscriber, again and again. */
export interface Callers {
  gatewayUrl: string;
  users: Credentials[];
  firstSubscriber: number;
}

export interface CallsResult {
  calls: number;
  /** not admitted, or ended otherwise than SUCCESS */
  failures: number;
  /** until the call was acknowledged */
  acknowledged: Latency;
  /** until its status was SUCCESS */
  ended: Latency;
}

const perSecond = 5;
const lookEveryMs = 20;

interface Timed {
  isGood: boolean;
  acknowledgedMs: number;
  endedMs: number;
}

/**
 * Changes SIMs' status by single calls at a low rate until `over`, each timed from when it was due; `turn` counts
 * over all measurements of one fleet, as a status that a SIM has already would be refused.
 */
export async function measureCalls(callers: Callers, turn: { next: number }, over: AbortSignal): Promise<CallsResult> {
  const startedAt = performance.now();
  const calls: Promise<Timed>[] = [];
  while (!over.aborted) {
    calls.push(changeStatus(callers, turn.next, startedAt + (calls.length * 1000) / perSecond));
    turn.next += 1;
    await delay(Math.max(0, startedAt + (calls.length * 1000) / perSecond - performance.now()));
  }
  const timed = await Promise.all(calls);
  return {
    calls: timed.length,
    failures: timed.filter(({ isGood }) => !isGood).length,
    acknowledged: latencyOf(timed.map(({ acknowledgedMs }) => acknowledgedMs)),
    ended: latencyOf(timed.map(({ endedMs }) => endedMs)),
  };
}

async function changeStatus({ gatewayUrl, users, firstSubscriber }: Callers, n: number, dueAt: number): Promise<Timed> {
  const index = n % users.length;
  const user = users[index];
  if (!user) throw new Error('Nobody calls');
  const json = { status: statusOfTurn(Math.floor(n / users.length)) };
  const { status, text } = await call('PUT', simStatusUrl(gatewayUrl, firstSubscriber + index), user, { json });
  const acknowledgedMs = performance.now() - dueAt;
  if (status !== ok) return { isGood: false, acknowledgedMs, endedMs: acknowledgedMs };
  const { requestId } = JSON.parse(text) as { requestId: string };
  const end = await untilEnded(`${gatewayUrl}/api/v2/global/call/${requestId}`, user);
  return { isGood: end === 'SUCCESS', acknowledgedMs, endedMs: performance.now() - dueAt };
}

async function untilEnded(url: string, user: Credentials): Promise<string> {
  for (;;) {
    const { status, text } = await call('GET', url, user);
    if (status !== ok) throw new Error(`${url} answers ${status}: ${text}`);
    const { content } = JSON.parse(text) as { content: { status: string }[] };
    const now = content[0]?.status ?? '';
    if (now !== 'OPEN') return now;
    await delay(lookEveryMs);
  }
}

export const simStatusUrl = (gatewayUrl: string, subscriber: number): string =>
  `${gatewayUrl}/api/v2/subscriber/iccid/${iccidOf(subscriber)}/sim-status`;

/** SIMs begin as ACTIVE; each turn changes them. */
export const statusOfTurn = (turn: number): 'SUSPEND' | 'ACTIVE' => (turn % 2 === 0 ? 'SUSPEND' : 'ACTIVE');
