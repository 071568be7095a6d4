import type { Actor } from '#libs/access';
import type { Change, CommandName, Envelope, TopicLane } from '#libs/contracts';
import type { ErrorCode, ErrorDetails } from '#libs/errors';
import type { LockEntity } from '#libs/locks';
import type { Tx } from '#libs/postgres';
import type { OutboxMessage } from './outbox.sql.js';

export type { Change } from '#libs/contracts';

/** A command as a handler gets it: validated, claimed in the inbox, with its operation and the ids it will write. */
export interface Command<Data = unknown> {
  name: CommandName;
  /** as its business transaction and operation call it: its name, or that of the command whose operation it ends */
  action: string;
  /** interactive: a caller waits for it */
  lane: TopicLane;
  data: Data;
  envelope: Envelope;
  actor: Actor;
  operationId: string;
  /** id of the business transaction, should the command change something */
  businessTransactionId: string;
}

/**
 * What became of a command. A refusal is a value: it changes nothing and is stored as the command's final answer. One that
 * is ACCEPTED has begun: its operation is IN_PROGRESS, and something else ends it later, or its deadline does; `messages` are
 * published for that. An operation that existed before the command keeps the deadline it has. One that FAILED was begun and
 * could not be carried out.
 */
export type Decision =
  | { status: 'COMPLETED'; occurredAt: Date; changes: Change[] }
  | { status: 'ACCEPTED'; deadline: Date; messages?: OutboxMessage[] }
  | { status: 'REJECTED' | 'FAILED'; error: { code: ErrorCode; message: string; details?: ErrorDetails } };

/** Who holds an entity: its text by `entityText` → the operation. What is not in it is free. */
export type HeldLocks = ReadonlyMap<string, string>;

export interface HandlerContext {
  tx: Tx;
  /** to be called once the entities' rows are locked; operations past their deadline are ended first */
  heldLocks: (entities: LockEntity[]) => Promise<HeldLocks>;
}

/**
 * Handles commands of one type, in offset order, in one transaction: lock, decide, write state. Returns a decision for
 * each, at the same index. Business transactions, outcomes and operations are written from the decisions by the runner.
 * Throws only for what is no answer: a fault, or rows that changed underneath (CONCURRENT_CHANGE).
 */
export type CommandHandler<Data> = (commands: Command<Data>[], context: HandlerContext) => Promise<Decision[]>;
