import type { CustomProperty, SubscriberState } from '#libs/contracts';
import { simStatusOf } from '#libs/inventory';

/** An operation of a JSON Patch (RFC 6902). */
export interface PatchOperation {
  op: 'add' | 'remove' | 'replace';
  path: string;
  value?: unknown;
}

/** What a change of another facade would have been as a patch of the product, from the data of its command. */
export function patchOf(action: string, data: unknown): PatchOperation[] {
  // Stored as its facade had validated it.
  const { status, state, set, remove, accountId } = (data ?? {}) as CommandFields;
  if (status !== undefined) return [{ op: 'replace', path: '/status', value: status }];
  if (action === 'ChangeSubscriberStatus' && state)
    return [{ op: 'replace', path: '/status', value: simStatusOf[state] }];
  if (accountId !== undefined) return [{ op: 'replace', path: '/relatedParty/0/id', value: accountId }];
  return [
    ...(set ?? []).map((property) => ({ op: 'add', path: '/customProperty/-', value: property }) as const),
    ...(remove ?? []).map((name) => ({ op: 'remove', path: `/customProperty/${name}` }) as const),
  ];
}

/** What the commands that monitors tell of have beside their subscriber. */
interface CommandFields {
  status?: string;
  state?: SubscriberState;
  accountId?: string;
  set?: CustomProperty[];
  remove?: string[];
}
