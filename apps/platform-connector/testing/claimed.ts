import { randomUUID } from 'node:crypto';
import { PlatformChange } from '#libs/contracts';
import type { ClaimedRequest, Step } from '#libs/platforms';

/** A request that has just been claimed for the first time. */
export function claimed(changes: Partial<ClaimedRequest> = {}): ClaimedRequest {
  const operationId = randomUUID();
  const now = Date.now();
  return {
    ...{ operationId, tenantId: 'ACME', actor: 'acme-crm', correlationId: operationId, platform: 'JASPER' },
    ...{ iccid: '89000000000000000001', subscriberId: randomUUID(), state: 'QUEUED', uncertain: false, attempts: 1 },
    change: Object.assign(new PlatformChange(), { kind: 'status', status: 'ACTIVE' } as const),
    ...{ callerWaits: true, platformRequestId: null, lastAnswer: null, operationOpen: true },
    ...{ giveUpAt: new Date(now + 60_000), createdAt: new Date(now), claimedAt: new Date(now) },
    ...{ claimedUntil: new Date(now + 20_000), sendBefore: now + 5000 },
    ...changes,
  };
}

/** A step after which the request is due again. */
export const againIn = ({ operationId }: ClaimedRequest, dueInMs: number, throttled = false): Step => ({
  operationId,
  answer: null,
  next: { state: 'QUEUED', dueInMs, uncertain: false },
  throttled,
});
