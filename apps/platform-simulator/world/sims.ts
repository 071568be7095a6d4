import type { AcceptedRequest, Change, PlatformErrorCode, Sim } from '#libs/platforms';
import type { SimStatus } from '#libs/contracts';

/** A SIM of the simulator. */
export interface SimRecord {
  sim: Omit<Sim, 'pending'>;
  pending: RequestRecord[];
  /** ends when all accepted changes have: they are carried out in the order of their acceptance */
  tail: Promise<void>;
  /** requests so far, by operation; what is drawn for a request follows from its number */
  calls: Record<Operation, number>;
}

export type Operation = 'change' | 'read' | 'poll';

export interface RequestRecord {
  request: AcceptedRequest;
  change: Change;
  /** absent where the end is polled */
  callbackUrl?: string;
}

export const newSim = (iccid: string, status: SimStatus = 'INACTIVE', account: string | null = null): SimRecord => ({
  sim: { iccid, status, account, customProperties: [], version: 0, changedAt: null },
  pending: [],
  tail: Promise.resolve(),
  calls: { change: 0, read: 0, poll: 0 },
});

export const viewSim = ({ sim, pending }: SimRecord): Sim => ({
  ...sim,
  pending: pending.map(({ request: { requestId, reference, change }, change: { value } }) => ({
    requestId,
    reference,
    change,
    value,
  })),
});

/** Whether the SIM can be changed so: a TERMINATED one keeps its status and account. */
export function refuseChange({ sim }: SimRecord, change: Change): PlatformErrorCode | undefined {
  if (sim.status !== 'TERMINATED' || change.kind === 'custom-properties') return undefined;
  const isRepeat = change.kind === 'status' && change.value === 'TERMINATED';
  return isRepeat ? undefined : 'SIM_TERMINATED';
}

export function applyChange(record: SimRecord, change: Change, now: Date): void {
  record.sim = {
    ...record.sim,
    ...changedPart(change),
    version: record.sim.version + 1,
    changedAt: now.toISOString(),
  };
}

function changedPart(change: Change): Partial<Sim> {
  switch (change.kind) {
    case 'status':
      return { status: change.value };
    case 'account':
      return { account: change.value };
    case 'custom-properties':
      return { customProperties: change.value };
  }
}
