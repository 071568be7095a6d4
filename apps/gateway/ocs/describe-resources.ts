import { Describe } from '../openapi/describe.js';
import { resourcesExample } from './examples.js';
import { ResourcesQuery } from './resources-query.js';

/** Describes the resource read to OpenAPI. */
export const DescribeResources = (): MethodDecorator =>
  Describe({
    operationId: 'readResources',
    summary: "Read a subscriber's resources",
    description: 'Those in use, and with historyIncluded=true those that have ended; by type, the latest first.',
    query: {
      dataClass: ResourcesQuery,
      parameters: {
        refId: { description: 'The subscriber, by Simyard’s id' },
        externalId: { description: 'The subscriber, by the caller’s id', example: 'SUB-1' },
        resourceType: { description: 'Only resources of this type', example: 'MSISDN' },
        historyIncluded: { description: 'Also the values that have ended', example: 'true' },
        page: { description: 'From 0' },
        size: { description: 'Rows of a page, 1 to 200, 50 by default' },
      },
    },
    ok: { description: 'A page of resources', schema: 'Resources', example: resourcesExample },
    errors: ['REQUEST_INVALID', 'SUBSCRIBER_REQUIRED', 'SUBSCRIBER_NOT_FOUND', 'RESOURCE_TYPE_NOT_CONFIGURED'],
  });
