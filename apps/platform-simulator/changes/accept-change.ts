import { randomUUID } from 'node:crypto';
import { errorOf, type Answer } from '../contract/answer.js';
import { planAcceptance, type AcceptancePlan, type Call } from '../faults/pick-faults.js';
import type { LedgerEntry } from '../world/ledger.js';
import { draw, within } from '../world/random.js';
import { applyChange, refuseChange, viewSim, type RequestRecord } from '../world/sims.js';
import { rememberRequest } from '../world/world.js';
import { sendCallbacks } from './send-callbacks.js';
import { countEffect, type ChangeRequest } from './change-request.js';

/** Answers 202; the change is carried out later, after those of the same SIM that were accepted before. */
export async function acceptChange(request: ChangeRequest, entry: LedgerEntry, call: Call): Promise<Answer> {
  const { world, platform, record } = request;
  const { results, progressCallbacks } = platform.settings;
  const plan = planAcceptance(world.faults, call, {
    callsBack: results === 'callback',
    tellsProgress: progressCallbacks,
  });
  const accepted = accept(request);
  entry.requestIds.push(accepted.request.requestId);
  const answer = {
    status: 202,
    headers: { location: `/${platform.name}/v1/requests/${accepted.request.requestId}` },
    body: accepted.request,
  };
  if (plan.end === 'never') return answer;
  const completed = record.tail.then(() => complete(request, accepted, entry, { plan, call }));
  record.tail = completed;
  const told = tell(request, accepted, plan, completed);
  if (plan.early) await told;
  return answer;
}

function accept({ platform, record, change, reference, callbackUrl }: ChangeRequest): RequestRecord {
  const accepted: RequestRecord = {
    request: {
      requestId: randomUUID(),
      reference,
      iccid: record.sim.iccid,
      change: change.kind,
      state: 'IN_PROGRESS',
      sequence: 1,
      sim: null,
      error: null,
    },
    change,
    ...(callbackUrl !== undefined && { callbackUrl }),
  };
  rememberRequest(platform, accepted);
  record.pending.push(accepted);
  return accepted;
}

/** Ends the request, DONE or FAILED. */
async function complete(
  { world, platform, record, change }: ChangeRequest,
  accepted: RequestRecord,
  entry: LedgerEntry,
  { plan, call }: { plan: AcceptancePlan; call: Call },
): Promise<void> {
  const { seed, iccid, number } = call;
  await world.timers.wait(
    within(platform.settings.completionMs, draw(seed, 'completion', platform.name, iccid, number)),
  );
  const failure = plan.end === 'refused' ? 'CHANGE_REFUSED' : refuseChange(record, change);
  record.pending = record.pending.filter((one) => one !== accepted);
  const ended = { ...accepted.request, sequence: 2 };
  if (failure) {
    accepted.request = { ...ended, state: 'FAILED', error: errorOf(failure) };
    return;
  }
  applyChange(record, change, new Date());
  countEffect(platform, entry);
  accepted.request = { ...ended, state: 'DONE', sim: viewSim(record) };
}

async function tell(
  { world, platform }: ChangeRequest,
  accepted: RequestRecord,
  plan: AcceptancePlan,
  completed: Promise<void>,
): Promise<void> {
  const { request: progress, callbackUrl } = accepted;
  if (callbackUrl === undefined) return;
  const send = (kinds: AcceptancePlan['then']): Promise<void> =>
    sendCallbacks(
      world,
      platform,
      callbackUrl,
      kinds.map((kind) => (kind === 'progress' ? progress : accepted.request)),
    );
  await send(plan.first);
  await completed;
  await world.timers.wait(plan.delayMs);
  await send(plan.then);
}
