import type { FastifyRequest } from 'fastify';
import { changeKinds, platformHeaders, type ChangeKind } from '#libs/platforms';
import type { ChangeRequest } from '../changes/change-request.js';
import { findSim, type SimulatedPlatform, type World } from '../world/world.js';
import { refusal, type Answer } from './answer.js';
import { readChange } from './read-change.js';

const idempotencyKeyPattern = /^[\x21-\x7e]{1,255}$/;
export const iccidPattern = /^\d{18,20}$/;

/** Checks a change request in the order of the contract: path, offer, key, body, SIM. */
export function prepareChange(
  world: World,
  platform: SimulatedPlatform,
  { iccid, kind }: { iccid: string; kind: string },
  { headers, body }: Pick<FastifyRequest, 'headers' | 'body'>,
): ChangeRequest | Answer {
  if (!isChangeKind(kind)) return refusal('NOT_FOUND');
  if (!iccidPattern.test(iccid)) return invalid('iccid', 'must be 18 to 20 digits');
  if (platform.settings.changes[kind] === undefined) return refusal('CHANGE_NOT_OFFERED');
  const idempotencyKey = headers[platformHeaders.idempotencyKey];
  if (typeof idempotencyKey !== 'string' || !idempotencyKeyPattern.test(idempotencyKey)) {
    return invalid('Idempotency-Key', 'must be 1 to 255 visible ASCII characters');
  }
  const read = readChange(kind, body, platform.settings);
  if ('problems' in read) return refusal('REQUEST_INVALID', { details: { problems: read.problems } });
  const record = findSim(platform, iccid);
  return record ? { world, platform, record, idempotencyKey, ...read } : refusal('SIM_NOT_FOUND');
}

export const invalid = (field: string, problem: string): Answer =>
  refusal('REQUEST_INVALID', { details: { problems: [{ field, problem }] } });

const isChangeKind = (text: string): text is ChangeKind => changeKinds.some((kind) => kind === text);
