import { SimyardError } from '#libs/errors';
import type { CallHandler } from '#libs/kafka';
import type { Tx } from '#libs/postgres';
import type { Decision, HandlerContext } from './command.js';
import type { Ended } from './ended.js';
import { handlerContext } from './held-locks.js';
import { planRuns } from './plan-runs.js';
import { isDryRun, type Runnable } from './runnable.js';

/**
 * Lets the handlers decide. Dry runs come after the others, in a savepoint that is rolled back: they see what the batch has
 * changed and each other, and nothing of theirs is left. Into `late` come operations past their deadline that were in
 * the way, to be ended.
 */
export async function decideAll(
  tx: Tx,
  runnable: Runnable[],
  callHandler: CallHandler,
  late: Set<string>,
): Promise<Ended[]> {
  const context = handlerContext(tx, late);
  const real = runnable.filter((one) => !isDryRun(one));
  const decided = await dispatch(context, real, callHandler);
  const dryRuns = runnable.filter(isDryRun);
  if (dryRuns.length === 0) return decided;
  await tx.execute('savepoint dry_run');
  const tried = await dispatch(context, dryRuns, callHandler);
  await tx.execute('rollback to savepoint dry_run');
  return [...decided, ...tried.map(asTried)];
}

/** A refusal is what it is; what would have been done is not. */
function asTried(ended: Ended): Ended {
  const { end, incoming } = ended;
  return end.kind === 'decided' && end.decision.status === 'REJECTED' ? ended : { incoming, end: { kind: 'tried' } };
}

/** Run after run through the Nest handlers of the command types. */
async function dispatch(context: HandlerContext, runnable: Runnable[], callHandler: CallHandler): Promise<Ended[]> {
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
