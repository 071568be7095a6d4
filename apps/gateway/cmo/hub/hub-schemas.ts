import { eventTypesOf } from '#libs/callbacks';
import { schemaRef } from '../../openapi/describe.js';

const text = { type: 'string' } as const;
const callback = { ...text, format: 'uri', description: 'public https URL, without credentials' } as const;
const query = { ...text, description: `\`eventType=${eventTypesOf.cmo.join(',')}\`; all events without it` } as const;

const subscription = { id: { ...text, format: 'uuid' }, callback, query } as const;

/** Schemas of callbacks to callers. */
export const hubSchemas: Record<string, object> = {
  CmoHubRequest: {
    type: 'object',
    properties: { callback, query },
    required: ['callback'],
    additionalProperties: false,
  },
  CmoSubscription: { type: 'object', properties: subscription, required: ['id', 'callback'] },
  CmoSubscriptions: { type: 'array', items: schemaRef('CmoSubscription') },
  CmoNewSubscription: {
    type: 'object',
    properties: { ...subscription, secret: { ...text, description: 'signs the events; not shown again' } },
    required: ['id', 'callback', 'secret'],
  },
};
