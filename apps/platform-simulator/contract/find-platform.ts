import type { FastifyRequest } from 'fastify';
import type { SimulatedPlatform, World } from '../world/world.js';
import { refusal, type Answer } from './answer.js';
import { isAuthentic } from './authenticate.js';

/** The platform that the path names, if the request carries its credential; or why not. */
export function findPlatform(world: World, name: string, { headers }: FastifyRequest): SimulatedPlatform | Answer {
  const platform = world.platforms.get(name);
  if (!platform) return refusal('NOT_FOUND');
  if (!isAuthentic(platform.settings, headers)) {
    return refusal('UNAUTHENTICATED', { headers: challengeOf[platform.settings.credentials] });
  }
  platform.counts.calls += 1;
  return platform;
}

const challengeOf = { bearer: { 'www-authenticate': 'Bearer' }, 'api-key': {} };
