import { PlatformChange, type SimStatus } from '#libs/contracts';
import type { AcceptedRequest, Answer, ClaimedRequest, Sim } from '#libs/platforms';
import type { Rules } from '../decide-step.js';

export const now = new Date('2026-01-31T12:00:00Z');

export const rules: Rules = {
  idempotent: true,
  results: 'callback',
  attempts: 4,
  pollMs: 1000,
  callbackGraceMs: 30_000,
  requestTimeoutMs: 100,
};

export const changeTo = (change: Partial<PlatformChange>): PlatformChange =>
  Object.assign(new PlatformChange(), change);

/** A request to suspend a SIM, at its first attempt, unless told. */
export const claimed = (settings: Partial<ClaimedRequest> = {}): ClaimedRequest => ({
  operationId: '0197b5f0-0000-7000-8000-000000000001',
  tenantId: 'ACME',
  actor: 'crm',
  correlationId: 'c-1',
  platform: 'X',
  iccid: '89000000000000000001',
  subscriberId: '0197b5f0-0000-7000-8000-000000000002',
  change: changeTo({ kind: 'status', status: 'SUSPENDED' }),
  state: 'QUEUED',
  uncertain: false,
  attempts: 1,
  giveUpAt: new Date(now.getTime() + 60_000),
  callerWaits: true,
  platformRequestId: null,
  lastAnswer: null,
  operationOpen: true,
  createdAt: now,
  claimedAt: now,
  claimedUntil: new Date(now.getTime() + 20_000),
  sendBefore: now.getTime() + 5000,
  ...settings,
});

export const answer = (statusCode: number): Answer => ({
  statusCode,
  message: `HTTP ${statusCode}`,
  body: null,
  headers: null,
});

export const simOf = (status: SimStatus, pending: Sim['pending'] = []): Sim => ({
  iccid: claimed().iccid,
  status,
  account: null,
  customProperties: [],
  version: 1,
  changedAt: now.toISOString(),
  pending,
});

export const acceptedRequest = (settings: Partial<AcceptedRequest>): AcceptedRequest => ({
  requestId: 'P-7',
  reference: claimed().operationId,
  iccid: claimed().iccid,
  change: 'status',
  state: 'IN_PROGRESS',
  sequence: 1,
  sim: null,
  error: null,
  ...settings,
});
