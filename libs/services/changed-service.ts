import { subscriberStates, type SubscriberState } from '#libs/contracts';

/** What an operation has made of a service. */
export interface ChangedService {
  id: string;
  accountId: string;
  state: SubscriberState;
  /** null where it was made by the operation */
  stateBefore: SubscriberState | null;
}

/** A published change, as far as it is read here. */
interface Changed {
  entityType?: unknown;
  entityId?: unknown;
  before?: { state?: unknown } | null;
  after?: { state?: unknown; accountId?: unknown; firstActivatedAt?: unknown } | null;
}

/** Pure: by the answer of an operation, a business transaction; undefined when no subscriber was changed. */
export function changedService(response: unknown): ChangedService | undefined {
  const changed = changesOf(response).find(({ entityType }) => entityType === 'Subscriber');
  const state = stateOf(changed?.after);
  if (!changed || !state) return undefined;
  const accountId = String(changed.after?.accountId);
  return { id: String(changed.entityId), accountId, state, stateBefore: stateOf(changed.before) ?? null };
}

/** Pure: when its SIM was activated first, by the same answer; undefined when no SIM was changed. */
export function changedStart(response: unknown): Date | null | undefined {
  const after = changesOf(response).find(({ entityType }) => entityType === 'SIM')?.after;
  if (!after) return undefined;
  return typeof after.firstActivatedAt === 'string' ? new Date(after.firstActivatedAt) : null;
}

const stateOf = (entity: { state?: unknown } | null | undefined): SubscriberState | undefined =>
  subscriberStates.find((one) => one === entity?.state);

/** An operation's answer is a business transaction, or null where nothing was changed. */
function changesOf(response: unknown): Changed[] {
  const { businessTransaction } = (response ?? {}) as { businessTransaction?: { entities?: Changed[] } };
  return businessTransaction?.entities ?? [];
}
