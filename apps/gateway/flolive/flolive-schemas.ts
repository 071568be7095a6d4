import { maxOfferIdLength, maxParamValueLength, maxTextLength } from '#libs/contracts';
import { schemaRef } from '../openapi/describe.js';
import { callStatuses } from './call.js';
import { identifierTypes } from './identifiers.js';
import { simStatusWordList } from './sim-status-words.js';

const text = { type: 'string' } as const;
const uuid = { type: 'string', format: 'uuid' } as const;
const count = { type: 'integer', minimum: 0 } as const;
/** A time or an id, or an empty text where there is none. */
const orEmpty = (description: string) => ({ ...text, description: `${description}; empty when there is none` });

const errorTexts = {
  errorCode: orEmpty('See docs/flolive.md'),
  errorMessage: text,
} as const;

type Properties = Record<string, object>;

/** An object all of whose properties are there. */
const whole = (properties: Properties) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

const listOf = (items: object) => ({ type: 'array', items });
const pageable = schemaRef('FlolivePageable');
const page = (row: object) => whole({ ...errorTexts, content: listOf(row), pageable });

const identifiers = whole({
  type: { ...text, enum: identifierTypes },
  value: { ...text, minLength: 1, maxLength: maxTextLength },
});

const callStatus = { ...text, enum: callStatuses };
const simStatus = { ...text, enum: simStatusWordList };
const param = { name: { ...text, maxLength: maxTextLength }, value: { ...text, maxLength: maxParamValueLength } };
const offerId = { ...text, maxLength: maxOfferIdLength };

const bulkNode = whole({
  ...errorTexts,
  requestId: orEmpty('Id of the call'),
  subscriberIdentifiers: whole({ type: text, value: text }),
  content: { type: 'object', description: 'that of the request' },
});

const subscriber = whole({
  subscriberId: uuid,
  externalId: text,
  customerId: text,
  state: text,
  platform: orEmpty('The platform of its SIM'),
  sim: whole({
    iccid: orEmpty('The card'),
    imsi: orEmpty("The card's own"),
    status: orEmpty(simStatusWordList.join(', ')),
    firstActivationTime: orEmpty('RFC 3339'),
  }),
  resources: listOf(whole({ type: text, value: text })),
  offers: listOf(whole({ offerId, name: text, attachedAt: { ...text, format: 'date-time' } })),
});

/** Schemas of the facade's requests and answers. */
export const floliveSchemas: Record<string, object> = {
  FlolivePageable: whole({ page: count, size: count, totalPages: count, totalElements: count }),
  FloliveAck: whole({ ...errorTexts, requestId: uuid, content: whole({}) }),
  FloliveRefusal: whole({ ...errorTexts, requestId: orEmpty('Id of the call'), content: whole({}) }),
  FloliveBulkRequest: whole({
    bulk: {
      ...listOf(
        whole({
          subscriberIdentifiers: identifiers,
          content: { type: 'object', properties: { status: simStatus, offerId } },
        }),
      ),
      minItems: 1,
      description: 'up to 200 unless configured otherwise; content is {} or has the attribute of the action',
    },
  }),
  FloliveBulk: whole({ bulk: listOf(bulkNode), pageable }),
  FloliveBulkRefusal: { anyOf: [schemaRef('FloliveBulk'), schemaRef('FloliveRefusal')] },
  FloliveSimStatus: whole({ status: simStatus }),
  FloliveNewParam: whole(param),
  FloliveParam: { ...whole(param), required: ['value'] },
  FloliveParams: page(whole({ instanceId: uuid, ...param })),
  FloliveCall: page(whole({ status: callStatus })),
  FloliveCalls: page(whole({ requestId: uuid, status: callStatus })),
  FloliveSubscriber: whole({ ...errorTexts, content: subscriber }),
};
