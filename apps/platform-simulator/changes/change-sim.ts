import { isDeepStrictEqual } from 'node:util';
import { platformHeaders } from '#libs/platforms';
import { refusal, type Answer } from '../contract/answer.js';
import { planRefusal, type Call } from '../faults/pick-faults.js';
import type { LedgerEntry } from '../world/ledger.js';
import { applyChange, refuseChange, viewSim } from '../world/sims.js';
import { acceptChange } from './accept-change.js';
import { countEffect, type ChangeRequest } from './change-request.js';

/** Changes a SIM, once per idempotency key; a platform that is not idempotent does it whenever it is asked. */
export async function changeSim(request: ChangeRequest, entry: LedgerEntry, call: Call): Promise<Answer> {
  if (!request.platform.settings.idempotent) return carryOut(request, entry, call);
  if (entry.iccid !== call.iccid || !isDeepStrictEqual(entry.change, request.change)) {
    return refusal('IDEMPOTENCY_KEY_REUSED');
  }
  if (entry.answer) return asReplay(await entry.answer);
  entry.answer = carryOut(request, entry, call);
  return entry.answer;
}

async function carryOut(request: ChangeRequest, entry: LedgerEntry, call: Call): Promise<Answer> {
  const { world, platform, record, change } = request;
  const refused = refuseChange(record, change);
  if (refused) return refusal(refused);
  if (platform.settings.changes[change.kind] === 'async') return acceptChange(request, entry, call);
  if (planRefusal(world.faults, call)) return refusal('CHANGE_REFUSED');
  applyChange(record, change, new Date());
  countEffect(platform, entry);
  return { status: 200, body: viewSim(record) };
}

const asReplay = (answer: Answer): Answer => ({
  ...answer,
  headers: { ...answer.headers, [platformHeaders.idempotencyReplayed]: 'true' },
});
