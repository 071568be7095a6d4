import type { Actor } from '#libs/access';
import { SimyardError } from '#libs/errors';
import type { CallHandler } from '#libs/kafka';
import { isOpen, lockOperations, readAnswers } from '#libs/operations';
import type { Tx } from '#libs/postgres';
import { failpoint, newId } from '#libs/runtime';
import { admit, asUnreadable, firstOfEach, inboxRows, type Admitted } from './admit.js';
import { claimKeys, type RepeatedRequest, type Runnable } from './claim-keys.js';
import type { BatchResult } from './command-metrics.js';
import type { Command, Decision } from './command.js';
import type { Ended } from './ended.js';
import type { Decoded, Incoming, Unreadable } from './decode.js';
import { claimInbox, readFingerprints } from './inbox.sql.js';
import { planRuns } from './plan-runs.js';
import { handlerContext } from './take-locks.js';
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
  const claimed = await claimIds(tx, admitted);
  failpoint('after-claim');
  const fenced = await fence(tx, claimed.fresh);
  const { runnable, deadLettered } = splitByBody(fenced.open);
  const keyed = await claimKeys(tx, runnable);
  const decided = await dispatch(tx, keyed.first, callHandler);
  const answered = await answerRepeats(tx, keyed.repeats, decided);
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

/** Commands that come with an operation act only while it is open; its row stays locked until the commit. */
async function fence(tx: Tx, fresh: Admitted[]): Promise<{ open: Admitted[]; unknown: Unreadable[] }> {
  const started = fresh.filter((incoming) => incoming.hasOperation);
  const rows = await lockOperations(
    tx,
    started.map((incoming) => incoming.operationId),
  );
  const operations = new Map(rows.map((row) => [row.operationId, row]));
  const open: Admitted[] = [];
  const unknown: Unreadable[] = [];
  for (const incoming of fresh) {
    const operation = operations.get(incoming.operationId);
    if (!incoming.hasOperation) open.push(incoming);
    else if (operation?.tenantId !== incoming.actor.tenantId) unknown.push(asUnreadable(incoming, 'OPERATION_UNKNOWN'));
    else if (isOpen(operation.status)) open.push(incoming);
  }
  return { open, unknown };
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

/** Run after run through the Nest handlers of the command types. */
async function dispatch(tx: Tx, runnable: Runnable[], callHandler: CallHandler): Promise<Ended[]> {
  const context = handlerContext(tx);
  const ended: Ended[] = [];
  for (const run of planRuns(runnable)) {
    const type = run[0]?.incoming.envelope.type ?? '';
    const handler = callHandler(type);
    if (handler === undefined) throw new SimyardError('COMMAND_TYPE_UNKNOWN', { details: { type } });
    const decisions = (await handler(
      run.map(({ command }) => command),
      context,
    )) as Decision[];
    run.forEach(({ incoming, command }, index) => {
      const decision = decisions[index];
      if (decision === undefined) throw new SimyardError('INTERNAL_ERROR', { message: `No decision for ${type}.` });
      ended.push({ incoming, end: { kind: 'decided', command, decision } });
    });
  }
  return ended;
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
    if (first) return { incoming, end: { kind: 'same', first } };
    const answer = stored.get(holderId);
    if (answer && !isOpen(answer.status)) return { incoming, end: { kind: 'answered', answer } };
    return rejected(incoming, command, 'REQUEST_IN_PROGRESS');
  });
}

function rejected(incoming: Admitted, command: Command, code: 'REQUEST_ID_REUSED' | 'REQUEST_IN_PROGRESS'): Ended {
  const { message } = new SimyardError(code);
  return {
    incoming,
    end: { kind: 'decided', command, decision: { status: 'REJECTED', error: { code, message } } },
  };
}
