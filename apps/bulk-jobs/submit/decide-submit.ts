import { checkItem, type Job, type NewItem, type NewJob } from '#libs/bulk';
import type { CommandData, FieldProblem } from '#libs/contracts';
import { errorCodes } from '#libs/errors';
import { newId } from '#libs/runtime';
import type { Command } from '#libs/transactions';
import { jobOf } from '../job-of.js';

export type SubmitCommand = Command<CommandData<'SubmitBulkJob'>>;

/** A job as it comes in its command, to be stored. */
export interface InlineJob {
  job: NewJob;
  items: NewItem[];
  /** those that do not fit the action, by ordinal; they fail alone */
  invalid: Map<number, FieldProblem[]>;
}

/** What a command asks for: a job that comes with it, one that was stored before, or none, which is refused. */
export type Submission = { inline: InlineJob } | { staged: Job } | { empty: true };

export function readSubmission(command: SubmitCommand, staged: Job | undefined): Submission {
  if (staged !== undefined) return staged.total > 0 ? { staged } : { empty: true };
  return command.data.items?.length ? { inline: toInlineJob(command, command.data.items) } : { empty: true };
}

type GivenItems = NonNullable<CommandData<'SubmitBulkJob'>['items']>;

function toInlineJob(command: SubmitCommand, given: GivenItems): InlineJob {
  const { action, dryRun = false } = command.data;
  const invalid = new Map<number, FieldProblem[]>();
  const items = given.map(({ key, data: plain }, index): NewItem => {
    const ordinal = index + 1;
    // As of every command from Kafka: what a newer producer adds is ignored.
    const { data, problems } = checkItem(action, plain, 'ignore');
    if (data === undefined) invalid.set(ordinal, problems);
    const text = data === undefined ? null : JSON.stringify(data);
    return { ordinal, key: key ?? String(ordinal), data: text, operationId: newId() };
  });
  return { job: { ...jobOf(command), action, dryRun, retryOf: null }, items, invalid };
}

/** JSON of an invalid item's error. */
export const invalidItem = (problems: FieldProblem[]): string =>
  JSON.stringify({
    code: 'BULK_ITEM_INVALID',
    message: errorCodes.BULK_ITEM_INVALID.message,
    details: { problems },
  });
