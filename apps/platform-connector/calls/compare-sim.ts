import { isDeepStrictEqual } from 'node:util';
import type { PlatformChange } from '#libs/contracts';
import type { ClaimedRequest, PendingChange, Sim } from '#libs/platforms';

/** Whether a platform has what a change would bring about. Order is no part of custom properties. */
export function hasValue(sim: Sim, change: PlatformChange): boolean {
  switch (change.kind) {
    case 'status':
      return sim.status === change.status;
    case 'account':
      return sim.account === change.account;
    case 'custom-properties':
      return isDeepStrictEqual(byName(sim.customProperties), byName(change.customProperties ?? []));
  }
}

const byName = (properties: { name: string; value: string }[]): [string, string][] =>
  properties.map(({ name, value }): [string, string] => [name, value]).sort(([one], [other]) => (one < other ? -1 : 1));

/** The change of this request that the platform has accepted and not ended. */
export const pendingOf = (
  sim: Sim,
  { operationId, platformRequestId }: Pick<ClaimedRequest, 'operationId' | 'platformRequestId'>,
): PendingChange | undefined =>
  sim.pending.find(({ reference, requestId }) => reference === operationId || requestId === platformRequestId);
