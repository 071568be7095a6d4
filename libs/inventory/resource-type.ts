/** Steps that bring a value to its normal form; a resource type names those it takes, in order. */
const normalSteps = {
  trim: (value: string) => value.trim(),
  /** Letters that look the same become the same: full-width forms, letter + combining accent. */
  'unicode-compose': (value: string) => value.normalize('NFKC'),
  'lower-case': (value: string) => value.toLowerCase(),
  /** Spaces, dashes, dots, slashes and brackets, as people write numbers. */
  'strip-separators': (value: string) => value.replace(/[\t\p{Zs}\p{Pd}./()]/gu, ''),
  'strip-international-prefix': (value: string) => value.replace(/^(\+|00)/, ''),
} as const;

export type NormalStep = keyof typeof normalSteps;

/** A configured type, as its row in inventory.resource_type says. */
export interface ResourceTypeDefinition {
  type: string;
  /** where a value may exist only once */
  uniqueness: 'global' | 'tenant';
  normalForm: NormalStep[];
  /** regular expression, flag u, that the normal form matches as a whole */
  pattern: string;
}

export interface ResourceType {
  type: string;
  uniqueness: 'global' | 'tenant';
  /** the normal form of a value, or undefined when it does not have the type's format */
  normalize(value: string): string | undefined;
}

/** Configured types by name. */
export type ResourceTypes = ReadonlyMap<string, ResourceType>;

/** What a current value is known by: one of a kind in its scope, which is '' for global types, else the tenant. */
export interface ResourceKey {
  type: string;
  scope: string;
  value: string;
}

export function compileResourceType({ type, uniqueness, normalForm, pattern }: ResourceTypeDefinition): ResourceType {
  const format = new RegExp(`^(?:${pattern})$`, 'u');
  const steps = normalForm.map((name) => normalSteps[name]);
  return {
    type,
    uniqueness,
    normalize(value) {
      const normal = steps.reduce((text, step) => step(text), value);
      return format.test(normal) ? normal : undefined;
    },
  };
}

export const compileResourceTypes = (definitions: ResourceTypeDefinition[]): ResourceTypes =>
  new Map(definitions.map((definition) => [definition.type, compileResourceType(definition)]));

/** The key of a value as a caller wrote it, or undefined when the type is not configured or the format is wrong. */
export function resourceKey(
  types: ResourceTypes,
  tenantId: string,
  type: string,
  value: string,
): ResourceKey | undefined {
  const configured = types.get(type);
  const normal = configured?.normalize(value);
  if (configured === undefined || normal === undefined) return undefined;
  return { type, scope: configured.uniqueness === 'global' ? '' : tenantId, value: normal };
}
