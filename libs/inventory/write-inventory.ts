import type { Tx } from '#libs/postgres';
import { endResources, insertResources } from './resource.sql.js';
import { rowsToWrite } from './rows-to-write.js';
import { insertSims, updateSims } from './sim.sql.js';
import { insertSubscribers, updateSubscribers } from './subscriber.sql.js';
import type { InventoryView } from './view.js';

/**
 * Writes what the commands of a batch made of the view: one final state per row, every ended value to the history.
 * CONCURRENT_CHANGE, by the commit at the latest, when somebody else has taken a value, a SIM or an external id meanwhile.
 */
export async function writeInventory(tx: Tx, view: InventoryView): Promise<void> {
  const subscribers = rowsToWrite(view.loaded.subscribers, view.subscribers);
  const sims = rowsToWrite(view.loaded.sims, view.sims);
  const resources = rowsToWrite(view.loaded.resources, view.resources);
  if (subscribers.inserted.length > 0) await insertSubscribers(tx, subscribers.inserted);
  if (subscribers.updated.length > 0) await updateSubscribers(tx, subscribers.updated);
  if (sims.updated.length > 0) await updateSims(tx, sims.updated);
  if (sims.inserted.length > 0) await insertSims(tx, sims.inserted);
  // A value that changes its holder is deleted and inserted: its key stays, its row does not.
  const gone = [...resources.removed, ...resources.updated];
  if (view.ended.length > 0) await endResources(tx, gone, view.ended);
  const fresh = [...resources.inserted, ...resources.updated];
  if (fresh.length > 0) await insertResources(tx, fresh);
}
