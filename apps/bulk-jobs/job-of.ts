import type { NewJob } from '#libs/bulk';
import { startsWithOperation } from '#libs/contracts';
import type { Command } from '#libs/transactions';

/** A job of whoever sent the command. */
export const jobOf = ({ operationId, actor, envelope }: Command): Omit<NewJob, 'action' | 'dryRun' | 'retryOf'> => ({
  jobId: operationId,
  tenantId: actor.tenantId,
  accountId: actor.accountId,
  actor: actor.username,
  clientId: null,
  facade: startsWithOperation(envelope.source) ? 'admin' : 'kafka',
  correlationId: envelope.correlationId,
});
