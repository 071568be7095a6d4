import type { PlatformChange } from '#libs/contracts';
import type { AcceptedRequest, Answer, Sim } from '#libs/platforms';

/** What is sent of a stored request. */
export interface ChangeToSend {
  operationId: string;
  iccid: string;
  change: PlatformChange;
}

/** What came of one call to a platform. */
export type CallResult =
  | { kind: 'sim'; sim: Sim; answer: Answer }
  | { kind: 'request'; request: AcceptedRequest; answer: Answer }
  /** for good, by the platform's code; nothing was done */
  | { kind: 'refused'; answer: Answer; code: string }
  /** nothing was done; may be sent again */
  | { kind: 'busy'; answer: Answer; retryAfterMs: number | null }
  /** no answer, or none that can be read: it may have had effect */
  | { kind: 'unknown'; answer: Answer; retryAfterMs: number | null };
