import { booleans, doubles, integers, texts, timestamps, uuids, type Tx } from '#libs/postgres';
import { storableText } from './storable-text.js';
import type { Answer, StoredState } from './step.js';

/** What a request is to be from now. */
export interface RequestChange {
  operationId: string;
  state: StoredState;
  settled: boolean;
  uncertain: boolean;
  /** from now; null: nobody needs to look again */
  dueInMs: number | null;
  attempts: number;
  giveUpAt: Date | null;
  platformRequestId: string | null;
  /** null leaves the one before */
  answer: Answer | null;
}

/** More of an answer's body is not kept, in bytes. */
const longestBody = 8 * 1024;

/** Writes requests that are locked, each named once. */
export async function changeRequests(tx: Tx, changes: RequestChange[]): Promise<void> {
  if (changes.length === 0) return;
  await tx.write(
    `update platforms.request as request
     set state = changed.state, settled = changed.settled, uncertain = changed.uncertain,
       due_at = clock_timestamp() + changed.due_in_ms * interval '1 millisecond',
       attempts = changed.attempts, give_up_at = changed.give_up_at, platform_request_id = changed.platform_request_id,
       status_code = case when changed.answered then changed.status_code else request.status_code end,
       message = case when changed.answered then changed.message else request.message end,
       body = case when changed.answered then changed.body else request.body end,
       headers = case when changed.answered then changed.headers else request.headers end,
       updated_at = clock_timestamp(),
       ended_at = case when changed.state in ('DONE', 'FAILED') then coalesce(request.ended_at, clock_timestamp()) end
     from unnest($1::uuid[], $2::text[], $3::boolean[], $4::boolean[], $5::float8[], $6::int[], $7::timestamptz[],
                 $8::text[], $9::boolean[], $10::int[], $11::text[], $12::text[], $13::text[])
       as changed (operation_id, state, settled, uncertain, due_in_ms, attempts, give_up_at, platform_request_id, answered,
                   status_code, message, body, headers)
     where request.operation_id = changed.operation_id and request.operation_id = any($1::uuid[])`,
    parametersOf(changes),
  );
}

function parametersOf(changes: RequestChange[]): unknown[] {
  const answers = changes.map(({ answer }) => answer);
  return [
    uuids(changes.map((change) => change.operationId)),
    texts(changes.map((change) => change.state)),
    booleans(changes.map((change) => change.settled)),
    booleans(changes.map((change) => change.uncertain)),
    doubles(changes.map((change) => change.dueInMs)),
    integers(changes.map((change) => change.attempts)),
    timestamps(changes.map((change) => change.giveUpAt)),
    texts(changes.map((change) => change.platformRequestId && storableText(change.platformRequestId))),
    booleans(answers.map((answer) => answer !== null)),
    integers(answers.map((answer) => answer?.statusCode ?? null)),
    texts(answers.map((answer) => answer && storableText(answer.message))),
    texts(answers.map((answer) => (answer?.body ? storableText(answer.body, longestBody) : null))),
    texts(answers.map((answer) => (answer?.headers ? JSON.stringify(answer.headers) : null))),
  ];
}
