import type { Change } from '#libs/platforms';
import type { LedgerEntry } from '../world/ledger.js';
import type { SimRecord } from '../world/sims.js';
import type { SimulatedPlatform, World } from '../world/world.js';

/** A change that is well-formed and meets a SIM of the platform. */
export interface ChangeRequest {
  world: World;
  platform: SimulatedPlatform;
  record: SimRecord;
  change: Change;
  idempotencyKey: string;
  reference: string | null;
  callbackUrl?: string;
}

/** Notes that a request has changed its SIM. */
export function countEffect({ counts }: SimulatedPlatform, entry: LedgerEntry): void {
  counts.effects += 1;
  if (entry.effects > 0) counts.repeatedEffects += 1;
  entry.effects += 1;
}
