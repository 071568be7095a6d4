import { maxCustomProperties, maxPropertyName, maxPropertyValue, simStatuses } from '#libs/contracts';
import { schemaRef } from '../../openapi/describe.js';

const text = { type: 'string' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const listOf = (items: object) => ({ type: 'array', items }) as const;

const properties = {
  id: { ...text, description: '`{platform}-{iccid}`, and `-simCard` of the card' },
  href: { ...text, format: 'uri' },
  isBundle: { type: 'boolean', description: 'true of a connection' },
  startDate: { ...text, format: 'date-time', description: 'first activation; absent before it' },
  status: { ...text, enum: simStatuses },
  customProperty: {
    ...listOf({
      type: 'object',
      properties: {
        name: { ...text, minLength: 1, maxLength: maxPropertyName },
        value: { ...text, maxLength: maxPropertyValue },
      },
      required: ['name', 'value'],
    }),
    maxItems: maxCustomProperties,
    description: 'names are unique',
  },
  productCharacteristic: {
    ...listOf({ type: 'object', properties: { name: text, value: text }, required: ['name', 'value'] }),
    description: 'iccid; imsi, msisdn, imei, imeisv where known',
  },
  relatedParty: {
    ...listOf({ type: 'object', properties: { id: text, role: { const: 'account' } }, required: ['id'] }),
    description: 'the account that has the SIM',
  },
  product: { ...listOf(schemaRef('CmoProduct')), description: 'of a connection: its SIM card' },
  '@type': { ...text, enum: ['IoTConnection', 'SimCard'] },
};

/** Schemas of products and of the facade's errors. */
export const productSchemas: Record<string, object> = {
  CmoProduct: { type: 'object', properties, required: ['id', 'href', '@type'], additionalProperties: false },
  CmoProducts: {
    type: 'object',
    properties: {
      entities: listOf(schemaRef('CmoProduct')),
      statistics: {
        type: 'object',
        properties: { currentPage: count, pageSize: count, totalPages: count, totalElements: count },
        required: ['currentPage', 'pageSize', 'totalPages', 'totalElements'],
      },
    },
    required: ['entities', 'statistics'],
  },
  CmoPatch: {
    ...listOf({
      type: 'object',
      properties: {
        op: { ...text, enum: ['add', 'remove', 'replace', 'move', 'copy', 'test'] },
        path: { ...text, description: 'JSON Pointer, or JSONPath, as the content type says' },
        from: { ...text, description: 'of move and copy' },
        value: {},
      },
      required: ['op', 'path'],
    }),
    minItems: 1,
    maxItems: 200,
  },
  CmoError: {
    type: 'object',
    description: "TMF630's, with a code of docs/errors.md",
    properties: {
      ...{ code: text, reason: text, message: text, details: { type: 'object' }, status: text },
      ...{ '@type': { const: 'Error' }, correlationId: text },
    },
    required: ['code', 'reason', 'message', 'status', '@type', 'correlationId'],
    additionalProperties: false,
  },
};
