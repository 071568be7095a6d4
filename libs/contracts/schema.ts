import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { targetConstructorToSchema } from 'class-validator-jsonschema';
import { BulkItem } from './bulk-commands.js';
import { commandOutcomeType, entityChangedType } from './change.js';
import { commands, commandType, type CommandName } from './commands.js';
import {
  CustomProperty,
  PlatformChange,
  PlatformRequest,
  platformRequestType,
  PlatformSim,
} from './platform-messages.js';
import { commandOutcomeSchema, entityChangedSchema } from './schema-events.js';
import { ResourceValue, SimCard, SubscriberReference } from './subscriber.js';

/** The keywords of JSON Schema (draft 07) that Simyard's contracts use. */
export interface JsonSchema {
  $ref?: string;
  title?: string;
  description?: string;
  type?: string | readonly string[];
  enum?: readonly unknown[];
  const?: unknown;
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  items?: JsonSchema;
  minItems?: number;
  maxItems?: number;
  properties?: Readonly<Record<string, JsonSchema>>;
  required?: readonly string[];
  additionalProperties?: boolean;
}

/** A message type that crosses the wire: who writes it decides what a compatible change is. */
export interface PublishedType {
  /** `SwapSubscriberResource` */
  name: string;
  /** `simyard.SwapSubscriberResource.v1` */
  type: string;
  /** commands are written by others and read by us, events the other way round */
  kind: 'command' | 'event';
}

export const publishedTypes: PublishedType[] = [
  ...commandNames().map((name) => ({ name, type: commandType(name), kind: 'command' as const })),
  { name: 'PlatformRequest', type: platformRequestType, kind: 'event' },
  { name: 'CommandOutcome', type: commandOutcomeType, kind: 'event' },
  { name: 'EntityChanged', type: entityChangedType, kind: 'event' },
];

const refPrefix = '#/components/schemas/';

/** JSON Schemas by name, with references between them: of the classes that validate, and of the events. */
export function namedSchemas(): Record<string, JsonSchema> {
  const parts = {
    SubscriberReference,
    ResourceValue,
    SimCard,
    BulkItem,
    CustomProperty,
    PlatformChange,
    PlatformSim,
    PlatformRequest,
  };
  return {
    ...Object.fromEntries(commandNames().map((name) => [name, schemaOf(commands[name].dataClass)])),
    ...Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, schemaOf(part)])),
    CommandOutcome: commandOutcomeSchema,
    EntityChanged: entityChangedSchema,
  };
}

/** The schema of a published type without references, as consumers' validators and the fixtures take it. */
export function schemaOfType(name: string): JsonSchema {
  const schemas = namedSchemas();
  return inline(schemas[name] ?? {}, schemas);
}

/**
 * class-validator takes null for absent wherever a property is optional; the schema does not say so, and promises less
 * than the class accepts.
 */
function schemaOf(dataClass: new () => object): JsonSchema {
  return targetConstructorToSchema(dataClass, {
    classTransformerMetadataStorage: defaultMetadataStorage,
    refPointerPrefix: refPrefix,
  }) as JsonSchema;
}

function inline(schema: JsonSchema, schemas: Record<string, JsonSchema>): JsonSchema {
  if (schema.$ref !== undefined) return inline(schemas[schema.$ref.slice(refPrefix.length)] ?? {}, schemas);
  const { properties, items } = schema;
  return {
    ...schema,
    ...(items && { items: inline(items, schemas) }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, its]) => [name, inline(its, schemas)])),
    }),
  };
}

function commandNames(): CommandName[] {
  return Object.keys(commands) as CommandName[];
}
