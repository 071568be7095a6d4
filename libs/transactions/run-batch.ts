import type { Actor } from '#libs/access';
import { continuesOperation, laneOfTopic } from '#libs/contracts';
import { errorCodes } from '#libs/errors';
import type { CallHandler } from '#libs/kafka';
import { isOpen, lockOperations, readAnswers, type LockedOperation } from '#libs/operations';
import type { Tx } from '#libs/postgres';
import { failpoint, newId } from '#libs/runtime';
import { admit, asUnreadable, firstOfEach, inboxRows, type Admitted } from './admit.js';
import { claimKeys, releaseLocked, type RepeatedRequest } from './claim-keys.js';
import type { BatchResult } from './command-metrics.js';
import type { Command } from './command.js';
import type { Ended } from './ended.js';
import { decideAll } from './decide-all.js';
import type { Decoded, Incoming, Unreadable } from './decode.js';
import { endTimedOut } from './end-timed-out.js';
import { claimInbox, readFingerprints } from './inbox.sql.js';
import type { Runnable } from './runnable.js';
import { writeEnds } from './write-ends.js';

/**
 * Handles a batch in the given transaction: claim the ids, fence by the operation's row, claim the callers' request
 * keys, let the handlers decide and write state, then write business transactions, outcomes, operations and dead
 * letters. A record that was handled before changes nothing. Returns what there is to count, once it is committed.
 */
export async function runBatch(
  tx: Tx,
  batch: Decoded[],
  actors: ReadonlyMap<string, Actor>,
  callHandler: CallHandler,
  source: string,
): Promise<BatchResult> {
  const { admitted, unreadable } = admit(batch, actors);
  // Sent together, and carried out in this order, which is everybody's.
  const [claimed, operations] = await Promise.all([claimIds(tx, admitted), lockStarted(tx, admitted)]);
  failpoint('after-claim');
  const fenced = fence(claimed.fresh, operations);
  const { runnable, deadLettered } = splitByBody(fenced.open);
  const keyed = await claimKeys(tx, runnable);
  const decided = await decideAll(tx, keyed.first, callHandler, fenced.late);
  await releaseLocked(tx, decided);
  const answered = await answerRepeats(tx, keyed.repeats, decided);
  // Only now: who deletes lock rows makes others wait, and must not wait for any of them.
  await endTimedOut(tx, [...fenced.late]);
  const written = await writeEnds(
    tx,
    [...decided, ...answered, ...deadLettered],
    [...unreadable, ...claimed.reused, ...fenced.unknown],
    source,
  );
  failpoint('before-commit');
  return { ...written, repeats: claimed.repeats };
}

/** Ids that are new to the inbox; an id that comes again with another body is a poison message. */
async function claimIds(
  tx: Tx,
  admitted: Admitted[],
): Promise<{ fresh: Admitted[]; reused: Unreadable[]; repeats: number }> {
  const { first, repeats: repeatsInBatch, reused } = firstOfEach(admitted);
  const claimed = await claimInbox(tx, inboxRows(first));
  const isNew = (incoming: Admitted): boolean => claimed.has(incoming.operationId);
  const old = first.filter((incoming) => !isNew(incoming));
  const fingerprints = await readFingerprints(
    tx,
    old.map(({ envelope }) => ({ tenantId: envelope.tenant, source: envelope.source, messageId: envelope.id })),
  );
  const other = old.filter((incoming, index) => fingerprints.get(index) !== incoming.fingerprint);
  return {
    fresh: first.filter(isNew),
    reused: [...reused, ...other.map((incoming) => asUnreadable(incoming, 'COMMAND_ID_REUSED'))],
    repeats: repeatsInBatch + old.length - other.length,
  };
}

interface Fenced {
  open: Admitted[];
  unknown: Unreadable[];
  /** operations that are open past their deadline, to be ended */
  late: Set<string>;
}

/** Locks the operations that commands come with, until the commit. */
async function lockStarted(tx: Tx, admitted: Admitted[]): Promise<ReadonlyMap<string, LockedOperation>> {
  const started = admitted.filter((incoming) => incoming.hasOperation);
  const rows = await lockOperations(
    tx,
    started.map((incoming) => incoming.operationId),
  );
  return new Map(rows.map((row) => [row.operationId, row]));
}

/** Commands that come with an operation act only while it is open, and not after its deadline. */
function fence(fresh: Admitted[], operations: ReadonlyMap<string, LockedOperation>): Fenced {
  const open: Admitted[] = [];
  const unknown: Unreadable[] = [];
  const late = new Set<string>();
  for (const incoming of fresh) {
    const operation = operations.get(incoming.operationId);
    if (!incoming.hasOperation) open.push(incoming);
    else if (operation?.tenantId !== incoming.actor.tenantId) unknown.push(asUnreadable(incoming, 'OPERATION_UNKNOWN'));
    else if (!isOpen(operation.status)) continue;
    else if (operation.expired) late.add(operation.operationId);
    else open.push(continuesOperation(incoming.envelope.source) ? continuing(incoming, operation) : incoming);
  }
  return { open, unknown, late };
}

/** What ends another command's operation is answered as that command: its sender waits for the outcome. */
function continuing(incoming: Admitted, { commandId, action, correlationId }: LockedOperation): Admitted {
  return { ...incoming, envelope: { ...incoming.envelope, id: commandId, correlationId }, continued: { action } };
}

function splitByBody(open: Admitted[]): { runnable: Runnable[]; deadLettered: Ended[] } {
  const runnable: Runnable[] = [];
  const deadLettered: Ended[] = [];
  for (const incoming of open) {
    if ('error' in incoming.body) {
      deadLettered.push({ incoming, end: { kind: 'dead-lettered', ...incoming.body } });
    } else {
      const command = toCommand(incoming, incoming.body);
      runnable.push({ incoming, command, name: command.name, orderKey: orderKeyOf(incoming) });
    }
  }
  return { runnable, deadLettered };
}

function toCommand(incoming: Admitted, body: Extract<Incoming['body'], { data: unknown }>): Command {
  return {
    ...body,
    action: incoming.continued?.action ?? body.name,
    lane: laneOfTopic(incoming.record.topic),
    envelope: incoming.envelope,
    actor: incoming.actor,
    operationId: incoming.operationId,
    businessTransactionId: newId(),
  };
}

/** Without a key nothing orders the producer's records but their partition. */
function orderKeyOf({ record }: Incoming): string {
  return record.key?.toString('latin1') ?? '';
}

/** A repeated request gets the first one's answer, from this batch or from the stored operation. */
async function answerRepeats(tx: Tx, repeated: RepeatedRequest[], decided: Ended[]): Promise<Ended[]> {
  if (repeated.length === 0) return [];
  const inBatch = new Map(decided.map((ended) => [ended.incoming.operationId, ended]));
  const elsewhere = repeated.map(({ holderId }) => holderId).filter((id) => !inBatch.has(id));
  const stored = await readAnswers(tx, [...new Set(elsewhere)]);
  return repeated.map(({ runnable: { incoming, command }, holderId, sameRequest }) => {
    if (!sameRequest) return rejected(incoming, command, 'REQUEST_ID_REUSED');
    const first = inBatch.get(holderId);
    if (first && !isAccepted(first)) return { incoming, end: { kind: 'same', first } };
    const answer = stored.get(holderId);
    if (answer && !isOpen(answer.status)) return { incoming, end: { kind: 'answered', answer } };
    return rejected(incoming, command, 'REQUEST_IN_PROGRESS');
  });
}

const isAccepted = ({ end }: Ended): boolean => end.kind === 'decided' && end.decision.status === 'ACCEPTED';

function rejected(incoming: Admitted, command: Command, code: 'REQUEST_ID_REUSED' | 'REQUEST_IN_PROGRESS'): Ended {
  const { message } = errorCodes[code];
  return {
    incoming,
    end: { kind: 'decided', command, decision: { status: 'REJECTED', error: { code, message } } },
  };
}
