import { startsWithOperation, type BulkAction } from '#libs/contracts';
import { errorCodes } from '#libs/errors';
import { lockPolicy, wantedLocks } from '#libs/locks';
import type { Tx } from '#libs/postgres';
import { takeLocks, type Command, type Decision } from '#libs/transactions';

/** A command that starts a job, and what the job's items do. */
export interface StartingJob {
  command: Command;
  action: BulkAction;
}

/**
 * One bulk of a type per user at a time: takes that lock for commands straight from Kafka until their operations end. Those
 * of the gateway have it since their admission. Returns the refusals by operation.
 */
export async function takeUserLocks(tx: Tx, starting: StartingJob[], expiresAt: Date): Promise<Map<string, Decision>> {
  const refused = await takeLocks(
    tx,
    starting
      .filter(({ command }) => !startsWithOperation(command.envelope.source))
      .flatMap(({ command: { name, operationId, actor }, action }) => {
        const levels = lockPolicy.kafka[name];
        if (levels === undefined) return [];
        const { tenantId, accountId, username } = actor;
        return wantedLocks(levels, { operationId, tenantId, accountId, username, facade: 'kafka', action, expiresAt });
      }),
  );
  return new Map(Array.from(refused, ([operationId, holder]) => [operationId, refusal(holder.operationId)]));
}

const refusal = (operationId: string): Decision => ({
  status: 'REJECTED',
  error: { code: 'LOCKED', message: errorCodes.LOCKED.message, details: { operationId } },
});
