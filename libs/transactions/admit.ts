import { newId } from '#libs/runtime';
import { actorKey, type Actor } from '#libs/access';
import { continuesOperation, startsWithOperation } from '#libs/contracts';
import { SimyardError } from '#libs/errors';
import { isReadable, type Decoded, type Incoming, type Unreadable } from './decode.js';
import { compareInboxKeys, type InboxRow } from './inbox.sql.js';

/** A readable record of a known actor, with the operation it will be or belongs to. */
export interface Admitted extends Incoming {
  actor: Actor;
  operationId: string;
  /** its operation exists already, started by its sender or by the command that it continues */
  hasOperation: boolean;
  /** of the command that it continues */
  continued?: { action: string };
}

/**
 * Parts a batch: who can be claimed by command id, and what is known by its position alone, because its envelope or its
 * actor is unknown. (An id of an unknown tenant is not spent: it may come again once the tenant exists.)
 */
export function admit(
  batch: Decoded[],
  actors: ReadonlyMap<string, Actor>,
): { admitted: Admitted[]; unreadable: Unreadable[] } {
  const admitted: Admitted[] = [];
  const unreadable: Unreadable[] = [];
  for (const decoded of batch) {
    if (!isReadable(decoded)) unreadable.push(decoded);
    else {
      const { tenant, actor: username, source, id } = decoded.envelope;
      const actor = actors.get(actorKey(tenant, username));
      const hasOperation = startsWithOperation(source) || continuesOperation(source);
      if (actor === undefined) unreadable.push(asUnreadable(decoded, 'TENANT_UNKNOWN'));
      else if (hasOperation && !uuidPattern.test(id)) unreadable.push(asUnreadable(decoded, 'OPERATION_UNKNOWN'));
      else admitted.push({ ...decoded, actor, hasOperation, operationId: hasOperation ? id : newId() });
    }
  }
  return { admitted, unreadable };
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** One record per command id: the first; the others are repeats, or have another body under the same id. */
export function firstOfEach(admitted: Admitted[]): { first: Admitted[]; repeats: number; reused: Unreadable[] } {
  const byId = new Map<string, Admitted>();
  const reused: Unreadable[] = [];
  let repeats = 0;
  for (const incoming of admitted) {
    const { tenant, source, id } = incoming.envelope;
    const key = `${tenant}\n${source}\n${id}`;
    const earlier = byId.get(key);
    if (earlier === undefined) byId.set(key, incoming);
    else if (earlier.fingerprint === incoming.fingerprint) repeats += 1;
    else reused.push(asUnreadable(incoming, 'COMMAND_ID_REUSED'));
  }
  return { first: [...byId.values()], repeats, reused };
}

/** Rows of the inbox in the order in which every batch claims them. */
export function inboxRows(admitted: Admitted[]): InboxRow[] {
  return admitted
    .map((incoming) => ({
      tenantId: incoming.envelope.tenant,
      source: incoming.envelope.source,
      messageId: incoming.envelope.id,
      fingerprint: incoming.fingerprint,
      operationId: incoming.operationId,
      deadLettered: 'error' in incoming.body,
    }))
    .sort(compareInboxKeys);
}

export function asUnreadable(
  incoming: Incoming,
  code: 'TENANT_UNKNOWN' | 'OPERATION_UNKNOWN' | 'COMMAND_ID_REUSED',
): Unreadable {
  return { record: incoming.record, error: new SimyardError(code), attempts: 1 };
}
