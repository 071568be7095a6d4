import type { PlatformChange, PlatformSim } from '#libs/contracts';

/**
 * Where a stored request stands. QUEUED: the change is to be sent. CHECKING: it may have been carried out, and the platform
 * must be asked before it is sent again. SENT: accepted, and its end is waited for. DONE and FAILED are ends.
 */
export const storedStates = ['QUEUED', 'CHECKING', 'SENT', 'DONE', 'FAILED'] as const;
export type StoredState = (typeof storedStates)[number];

/** A stored request that is this process's to look at, until its claim ends. */
export interface ClaimedRequest {
  operationId: string;
  tenantId: string;
  actor: string;
  correlationId: string;
  platform: string;
  iccid: string;
  subscriberId: string;
  change: PlatformChange;
  /** it came with the gateway's single commands */
  callerWaits: boolean;
  /** one that has ended, and is claimed all the same, is to be settled: its operation is not open any more */
  state: StoredState;
  /** an attempt before this one may have had effect */
  uncertain: boolean;
  /** with this one, since the request came into being, was accepted, or ended; those that were throttled do not count */
  attempts: number;
  /** a request that is not accepted by then FAILED */
  giveUpAt: Date;
  platformRequestId: string | null;
  /** the platform's answer before, or what stands for it */
  lastAnswer: { statusCode: number; message: string } | null;
  /** somebody waits for the end; false: ended, or past its deadline, and nothing must be sent any more */
  operationOpen: boolean;
  createdAt: Date;
  /** by the database's clock */
  claimedAt: Date;
  /** the claim's token; a step of a claim that is over changes nothing, but for the end DONE */
  claimedUntil: Date;
  /** local clock, ms since 1970: nothing may be sent at or after it, as another process may have the request by then */
  sendBefore: number;
}

/** What a platform said, or what stands for it where it said nothing. */
export interface Answer {
  /** 504 for a time-out, 502 for a connection that broke or an answer that cannot be read, 503 when nothing was sent */
  statusCode: number;
  message: string;
  body: string | null;
  headers: Record<string, string> | null;
}

/** What becomes of a claimed request; `dueInMs` is when somebody must look at it again. */
export type NextState =
  | { state: 'QUEUED' | 'CHECKING'; dueInMs: number; uncertain: boolean }
  | { state: 'SENT'; platformRequestId: string; dueInMs: number }
  | { state: 'DONE'; sim: PlatformSim }
  /** `uncertain`: an attempt may have had effect, so that the platform is asked what holds */
  | { state: 'FAILED'; statusCode: number; message: string; uncertain: boolean }
  /** of one that has ended: the platform could not tell yet */
  | { settle: 'again'; dueInMs: number }
  /** of one that has ended: nothing of ours is pending, and this is what the platform has */
  | { settle: 'observed'; sim: PlatformSim };

export interface Step {
  operationId: string;
  /** null: there was no call, and what the last one said stays */
  answer: Answer | null;
  next: NextState;
  /**
   * Nothing was sent as the platform's limit was used up: the attempt does not count, nor does a first one start the time
   * after which the request is given up. The platform's other requests wait until this one is due.
   */
  throttled?: boolean;
}
