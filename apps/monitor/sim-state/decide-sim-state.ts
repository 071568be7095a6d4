import type { CommandData, Plain, PlatformChange, PlatformSim } from '#libs/contracts';
import type { InventoryView } from '#libs/inventory';
import { completed, lockRefusal, rejected, type Command, type Decision } from '#libs/transactions';
import { bringAbout, heldSim } from '../bring-about.js';

type Observation = Command<CommandData<'RecordSimState'>>;

/** Changes whose platforms have what nobody has recorded, by the operations that asked for them. */
export type Unsettled = Map<string, Plain<PlatformChange>>;

/**
 * Decides what follows from what a platform was found to have, and folds it into the view. Only what the operation asked for
 * is taken over: all else was recorded by whoever changed it. What is decided for good is not unsettled any more; a refusal
 * that leaves it so is followed by another look at the platform.
 */
export function decideSimState(view: InventoryView, unsettled: Unsettled, command: Observation): Decision {
  const { data, actor, envelope } = command;
  const asked = unsettled.get(data.operationId);
  if (asked === undefined) return completed(view.now, []);
  const held = heldSim(view, actor, data.iccid);
  const locked = held && lockRefusal(view.locks, command, { type: 'Subscriber', id: held.subscriber.subscriberId });
  if (locked) return locked;
  if (held && isOlder(envelope.time, held.sim.changedAt)) return rejected('CONCURRENT_CHANGE');
  unsettled.delete(data.operationId);
  const found = observed(asked, data.sim);
  if (found === undefined) return completed(view.now, []);
  return (held && bringAbout(view, command, held, found)) ?? rejected('PLATFORM_STATE_CONFLICT');
}

/** What the platform said before the SIM's last change may be the state before it. */
const isOlder = (askedAt: string | undefined, changedAt: Date): boolean =>
  askedAt !== undefined && Date.parse(askedAt) <= changedAt.getTime();

/**
 * Of what was asked for, what the platform has. Its own name for the account that has had the SIM all along says nothing
 * here: undefined.
 */
function observed(asked: Plain<PlatformChange>, sim: Plain<PlatformSim>): Plain<PlatformChange> | undefined {
  switch (asked.kind) {
    case 'status':
      return { kind: 'status', status: sim.status };
    case 'custom-properties':
      return { kind: 'custom-properties', customProperties: sim.customProperties };
    case 'account':
      return sim.account === asked.account ? asked : undefined;
  }
}
