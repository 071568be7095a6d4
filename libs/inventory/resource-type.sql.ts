import type { Tx } from '#libs/postgres';
import type { ResourceTypeDefinition } from './resource-type.js';

export const selectResourceTypes = (tx: Tx): Promise<ResourceTypeDefinition[]> =>
  tx.query<ResourceTypeDefinition>(
    `select type, uniqueness, normal_form as "normalForm", pattern from inventory.resource_type`,
  );
