import type { PlatformChange, TopicLane } from '#libs/contracts';
import type { StoredState } from './step.js';

/** What a platform is asked to do for an operation. */
export interface NewRequest {
  operationId: string;
  tenantId: string;
  actor: string;
  correlationId: string;
  /** of the command that began the operation */
  requestId: string | null;
  transactionId: string | null;
  lane: TopicLane;
  platform: string;
  iccid: string;
  subscriberId: string;
  change: PlatformChange;
}

/** A request as it is stored, locked. */
export interface LockedRequest extends NewRequest {
  state: StoredState;
  /** what the platform has of the SIM is known, and recorded */
  settled: boolean;
  uncertain: boolean;
  /** of one that is claimed, the end of its claim */
  dueAt: Date | null;
  attempts: number;
  giveUpAt: Date | null;
  platformRequestId: string | null;
  statusCode: number | null;
}

export const hasEnded = ({ state }: { state: StoredState }): boolean => state === 'DONE' || state === 'FAILED';

export const laneNumbers: Record<TopicLane, number> = { interactive: 0, stream: 1 };
export const laneOfNumber = (lane: number): TopicLane => (lane === laneNumbers.interactive ? 'interactive' : 'stream');
