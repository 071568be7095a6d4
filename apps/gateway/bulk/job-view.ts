import type { Item, Job } from '#libs/bulk';
import { isOpen, type Operation } from '#libs/operations';

type View = Record<string, unknown>;

const withoutNull = (view: View): View =>
  Object.fromEntries(Object.entries(view).filter(([, value]) => value !== null));

/** A job as JSON: what it does, and how far it is. What it does not have is left out. */
export function jobView(job: Job): View {
  const { jobId, action, status, state, dryRun, retryOf, facade, accountId, actor, correlationId, error } = job;
  const { total, pending, inFlight, completed, failed, cancelled } = job;
  const { createdAt, startedAt, endedAt, deadline } = job;
  return withoutNull({
    ...{ jobId, action, status, state, dryRun, retryOf, facade, accountId, actor, correlationId, error },
    ...{ total, dispatched: total - pending - cancelled, pending, inFlight, completed, failed, cancelled },
    ...{ createdAt, startedAt, endedAt, deadline },
  });
}

/** A retry whose items are not there yet, or never will be as it was refused. */
export function retryView({ operationId, status, ...operation }: Operation): View {
  const { facade, accountId, actor, correlationId, error, createdAt, deadline, updatedAt } = operation;
  const state = isOpen(status) ? 'STAGED' : 'ENDED';
  return withoutNull({
    ...{ jobId: operationId, status, state, facade, accountId, actor, correlationId, error },
    ...{ total: 0, dispatched: 0, pending: 0, inFlight: 0, completed: 0, failed: 0, cancelled: 0 },
    ...{ createdAt, endedAt: isOpen(status) ? null : updatedAt, deadline },
  });
}

/** An item of a job's report as JSON. */
export const itemView = (item: Item): View => withoutNull({ ...item });
