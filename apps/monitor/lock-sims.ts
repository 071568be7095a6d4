import type { Plain, PlatformChange } from '#libs/contracts';
import { lockInventory, wantNothing, type InventoryView, type LockingContext } from '#libs/inventory';

/** Locks the SIMs that platforms tell of, with their subscribers, and reads the accounts that they may go to. */
export function lockSims(
  context: LockingContext,
  told: { iccid: string; change?: Plain<PlatformChange> | undefined }[],
): Promise<InventoryView> {
  // No value of a resource is looked up, so that none of their types is needed.
  const wanted = wantNothing(new Map());
  for (const { iccid, change } of told) {
    wanted.iccids.add(iccid);
    if (change?.account) wanted.accountIds.add(change.account);
  }
  return lockInventory(context, wanted);
}
