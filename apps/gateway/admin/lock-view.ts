import type { Lock } from '#libs/locks';

/** A lock as JSON; one of a user's action has no entity. */
export function lockView({ key: _, tenantId, entity, ...lock }: Lock): Record<string, unknown> {
  return { ...lock, tenant: tenantId, ...(entity && { entity }) };
}
