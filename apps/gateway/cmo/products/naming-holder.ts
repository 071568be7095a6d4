import { SimyardError } from '#libs/errors';
import { monitorHref, readMonitor } from '#libs/monitors';
import type { Tx } from '#libs/postgres';
import type { Caller } from '../../http/read-request.js';

/** Does `work`; where a lock refuses it that a change of a SIM holds, the error names the monitor of that. */
export async function namingHolder<T>(
  tx: Tx,
  { caller: { client }, url }: { caller: Caller; url: string },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const holder =
      error instanceof SimyardError && error.code === 'LOCKED' ? error.details?.['operationId'] : undefined;
    if (typeof holder !== 'string') throw error;
    const monitor = await readMonitor(tx, client.accountId, holder);
    if (!monitor) throw error;
    const href = monitorHref(url, monitor.tenantId, monitor.monitorId);
    throw new SimyardError('LOCKED', { details: { operationId: holder, monitor: href }, cause: error });
  }
}
