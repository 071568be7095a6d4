import type { CommandData } from '#libs/contracts';
import { errorCodes, type ErrorCode, type ErrorDetails } from '#libs/errors';
import type { InventoryView } from '#libs/inventory';
import type { Command, Decision } from '#libs/transactions';
import { bringAbout, heldSim } from '../bring-about.js';

type Response = CommandData<'RecordPlatformResponse'>;

/**
 * Decides what a platform's answer makes of the operation that asked for it, and folds it into the view. Of a status the
 * platform's word counts, which may be more than was asked for; of the rest it has what was asked for.
 */
export function decidePlatformResponse(view: InventoryView, command: Command<Response>): Decision {
  const { data, actor } = command;
  const { platform, iccid, statusCode, message, change, sim } = data;
  if (data.state === 'FAILED') return failed('PLATFORM_FAILED', { platform, statusCode, message });
  const held = heldSim(view, actor, iccid);
  const status = sim?.status ?? change.status;
  const done = change.kind === 'status' && status ? { ...change, status } : change;
  const decision = held && bringAbout(view, command, held, done);
  return decision ?? failed('PLATFORM_STATE_CONFLICT', { platform, ...(sim ? { status: sim.status } : {}) });
}

const failed = (code: ErrorCode, details: ErrorDetails): Decision => ({
  status: 'FAILED',
  error: { code, message: errorCodes[code].message, details },
});
