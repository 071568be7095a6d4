import { eventTypesOf } from '#libs/callbacks';
import { serviceMonitorStates, serviceStates } from '#libs/services';
import { schemaRef } from '../openapi/describe.js';

const text = { type: 'string' } as const;
const moment = { type: 'string', format: 'date-time' } as const;
const words = { type: 'string', maxLength: 255 } as const;
const described = {
  ...{ name: words, category: words, serviceType: words },
  description: { type: 'string', maxLength: 4000 },
} as const;
const nullable = Object.fromEntries(
  Object.entries(described).map(([name, schema]) => [name, { ...schema, type: ['string', 'null'] }]),
);

const specification = {
  type: 'object',
  description: 'Kept as it is; at most 4000 characters of JSON',
  properties: { id: { ...words, minLength: 1 } },
  required: ['id'],
} as const;

const characteristic = {
  type: 'object',
  properties: {
    name: { type: 'string', pattern: '^[A-Z]{1,64}$', description: 'ICCID, IMSI, PLATFORM, or a type of resource' },
    valueType: text,
    value: { ...words, minLength: 1 },
  },
  required: ['name', 'value'],
} as const;

const party = { type: 'object', properties: { id: { ...words, minLength: 1 } }, required: ['id'] } as const;

const newService = {
  type: 'object',
  properties: {
    ...nullable,
    state: { type: 'string', enum: serviceStates.slice(0, -1) },
    serviceSpecification: specification,
    serviceCharacteristic: { type: 'array', maxItems: 20, items: characteristic },
    relatedParty: {
      type: 'array',
      maxItems: 1,
      items: party,
      description: 'The account; the client’s own without one',
    },
    '@type': words,
  },
  required: ['state', 'serviceSpecification'],
  additionalProperties: false,
} as const;

const service = {
  type: 'object',
  properties: {
    ...described,
    ...{ id: { type: 'string', format: 'uuid' }, href: text, '@type': { const: 'Service' } },
    state: { type: 'string', enum: serviceStates },
    ...{ serviceDate: moment, startDate: moment, serviceSpecification: { type: 'object' } },
    serviceCharacteristic: { type: 'array', items: characteristic },
    relatedParty: { type: 'array', items: party },
    supportingResource: { type: 'array', items: { type: 'object', properties: { id: text, name: text } } },
  },
  required: ['id', 'href', '@type'],
} as const;

const header = {
  type: 'array',
  items: { type: 'object', properties: { name: text, value: text }, required: ['name', 'value'] },
} as const;

const monitor = {
  type: 'object',
  properties: {
    ...{ id: text, href: text, sourceHref: { ...text, description: 'What the operation changes' } },
    state: { type: 'string', enum: serviceMonitorStates },
    request: {
      type: 'object',
      properties: { method: text, to: text, body: text, header },
      required: ['method', 'to', 'header'],
    },
    response: {
      type: 'object',
      description: 'Once the operation has ended',
      properties: { statusCode: text, body: text, header },
      required: ['statusCode', 'header'],
    },
    '@type': { const: 'Monitor' },
  },
  required: ['id', 'href', 'sourceHref', 'state', 'request', '@type'],
} as const;

const jsonPatch = {
  type: 'array',
  minItems: 1,
  maxItems: 200,
  items: {
    type: 'object',
    properties: {
      op: { type: 'string', enum: ['add', 'remove', 'replace', 'move', 'copy', 'test'] },
      path: { ...text, description: 'JSON Pointer', maxLength: 500 },
      from: { ...text, maxLength: 500 },
      value: {},
    },
    required: ['op', 'path'],
  },
} as const;

const hubRequest = {
  type: 'object',
  properties: {
    callback: { type: 'string', format: 'uri', description: 'public https URL, without credentials' },
    query: { type: 'string', description: `\`eventType=${eventTypesOf.tmf640.join(',')}\`; all events without it` },
  },
  required: ['callback'],
  additionalProperties: false,
} as const;

/** Schemas of the TMF640 facade. */
export const tmf640Schemas: Record<string, object> = {
  Tmf640NewService: newService,
  Tmf640Service: service,
  Tmf640Services: { type: 'array', items: schemaRef('Tmf640Service') },
  Tmf640MergePatch: {
    type: 'object',
    description: 'RFC 7396; other attributes may be there as they are',
    properties: { ...nullable, state: { type: 'string', enum: serviceStates } },
  },
  Tmf640JsonPatch: jsonPatch,
  Tmf640Monitor: monitor,
  Tmf640HubRequest: hubRequest,
  Tmf640Monitors: { type: 'array', items: schemaRef('Tmf640Monitor') },
};
