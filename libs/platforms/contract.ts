/** What a platform and its client say to each other over HTTP; docs/platform-contract.md is the long form. */
import type { ChangeKind, SimStatus } from '#libs/contracts';

export { changeKinds, type ChangeKind } from '#libs/contracts';

export interface CustomProperty {
  name: string;
  value: string;
}

export type Change =
  | { kind: 'status'; value: SimStatus }
  | { kind: 'account'; value: string }
  | { kind: 'custom-properties'; value: CustomProperty[] };

/** A SIM as its platform has it. */
export interface Sim {
  iccid: string;
  status: SimStatus;
  /** the platform's account that has the SIM */
  account: string | null;
  customProperties: CustomProperty[];
  /** of changes carried out; 0 when there was none */
  version: number;
  changedAt: string | null;
  /** accepted and not ended, in the order in which they will be carried out */
  pending: PendingChange[];
}

export interface PendingChange {
  requestId: string;
  reference: string | null;
  change: ChangeKind;
  value: Change['value'];
}

export const requestStates = ['IN_PROGRESS', 'DONE', 'FAILED'] as const;
export type RequestState = (typeof requestStates)[number];

/** An accepted change: body of the 202, of each callback, and of `GET /v1/requests/{requestId}`. */
export interface AcceptedRequest {
  requestId: string;
  reference: string | null;
  iccid: string;
  change: ChangeKind;
  state: RequestState;
  /** 1 while in progress, 2 at the end; what comes with a lower one than was seen is old */
  sequence: number;
  /** as it is once the change is DONE */
  sim: Sim | null;
  /** why it FAILED */
  error: PlatformError | null;
}

/** Body of every refusal. */
export interface PlatformError {
  code: string;
  message: string;
  details?: Record<string, unknown>;
}

/** The codes a platform refuses with, and their HTTP status. */
export const platformErrors = {
  REQUEST_INVALID: { status: 400, message: 'The request does not match the contract.' },
  UNAUTHENTICATED: { status: 401, message: 'The credential is missing or wrong.' },
  NOT_FOUND: { status: 404, message: 'The resource does not exist.' },
  SIM_NOT_FOUND: { status: 404, message: 'The platform has no such SIM.' },
  REQUEST_NOT_FOUND: { status: 404, message: 'The platform has no such request.' },
  CHANGE_NOT_OFFERED: { status: 409, message: 'The platform does not offer this change.' },
  SIM_TERMINATED: { status: 409, message: 'The SIM is TERMINATED.' },
  CHANGE_REFUSED: { status: 409, message: 'The platform refuses the change.' },
  REQUEST_TOO_LARGE: { status: 413, message: 'The body is too large.' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, message: 'The body must be application/json.' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, message: 'The idempotency key was used before with another request.' },
  TOO_MANY_REQUESTS: { status: 429, message: 'The rate limit is reached.' },
  INTERNAL_ERROR: { status: 500, message: 'The request failed due to an internal error.' },
  UNAVAILABLE: { status: 503, message: 'The platform is not available.' },
} as const satisfies Record<string, { status: number; message: string }>;

export type PlatformErrorCode = keyof typeof platformErrors;

/** Headers by their lower-case names, as Node gives them. */
export const platformHeaders = {
  apiKey: 'x-api-key',
  idempotencyKey: 'idempotency-key',
  idempotencyReplayed: 'idempotency-replayed',
  callbackTimestamp: 'x-platform-timestamp',
  callbackSignature: 'x-platform-signature',
} as const;
