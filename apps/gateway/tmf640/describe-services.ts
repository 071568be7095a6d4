import { applyDecorators, HttpStatus } from '@nestjs/common';
import type { ErrorCode } from '#libs/errors';
import { FieldsQuery } from '../http/fields.js';
import { describeId, DescribeServiceWrite, DescribeTmf640, pageHeaders, pageParameters } from './describe.js';
import { activatedExample, newServiceExample, serviceExample, serviceId } from './examples.js';
import { ServicesQuery } from './services-query.js';

const fields = {
  fields: { description: 'Attributes of the first level, by comma; id, href and @type are always there' },
};

const describeServiceId = describeId('As href has it', serviceId);

export const DescribeServices = (): MethodDecorator =>
  DescribeTmf640({
    operationId: 'listServices',
    summary: 'List services',
    description:
      'The subscribers of the account tree, each with its SIM and identifiers, in the order of their ids. How many there are is in X-Total-Count, the next page in Link.',
    query: {
      dataClass: ServicesQuery,
      parameters: {
        ...fields,
        ...pageParameters,
        id: { description: 'Only the service of this id' },
        state: { description: 'Only services of this state' },
        name: { description: 'Only services of this name' },
        description: { description: 'Only services of this description' },
        category: { description: 'Only services of this category' },
        serviceType: { description: 'Only services of this type' },
      },
    },
    ok: {
      description: 'Some of the services',
      schema: 'Tmf640Services',
      example: [serviceExample],
      headers: pageHeaders,
    },
    errors: ['REQUEST_INVALID'],
  });

export const DescribeService = (): MethodDecorator =>
  applyDecorators(
    describeServiceId,
    DescribeTmf640({
      operationId: 'readService',
      summary: 'Read a service',
      query: { dataClass: FieldsQuery, parameters: fields },
      ok: { description: 'The service', schema: 'Tmf640Service', example: serviceExample },
      errors: ['REQUEST_INVALID', 'SUBSCRIBER_NOT_FOUND'],
    }),
  );

export const DescribeCreateService = (): MethodDecorator =>
  DescribeServiceWrite({
    operationId: 'createService',
    summary: 'Create a service',
    description:
      'A subscriber with its SIM and identifiers, as they are: no platform is called. A service is activated by PATCH.',
    body: { schema: 'Tmf640NewService', example: newServiceExample },
    ok: {
      ...{ status: HttpStatus.CREATED, description: 'Created, at the URL in Location' },
      ...{ schema: 'Tmf640Service', example: serviceExample },
    },
    errors: [
      ...([
        'ACCOUNT_NOT_FOUND',
        'SUBSCRIBER_EXISTS',
        'SIM_IN_USE',
        'ICCID_INVALID',
        'PLATFORM_NOT_CONFIGURED',
      ] as const),
      ...(['RESOURCE_TYPE_NOT_CONFIGURED', 'RESOURCE_FORMAT_INVALID', 'RESOURCE_EXISTS', 'RESOURCE_IN_USE'] as const),
      'SUBSCRIBER_NOT_FOUND',
    ],
  });

const errorsOfChanges: ErrorCode[] = [
  'SUBSCRIBER_NOT_FOUND',
  'SUBSCRIBER_STATE_TRANSITION',
  'PLATFORM_CHANGE_NOT_OFFERED',
  'PLATFORM_FAILED',
  'PLATFORM_STATE_CONFLICT',
];

const mergePatch = { schema: 'Tmf640MergePatch', example: { state: 'active' } };
const jsonPatch = { schema: 'Tmf640JsonPatch', example: [{ op: 'replace', path: '/state', value: 'active' }] };

export const DescribePatchService = (): MethodDecorator =>
  applyDecorators(
    describeServiceId,
    DescribeServiceWrite({
      operationId: 'patchService',
      summary: 'Change a service',
      description:
        'Its state, which goes to the SIM’s platform where that is connected; and name, description, category and serviceType. Another attribute may be there as it is. JSON is taken as a merge patch.',
      body: mergePatch,
      uploads: { 'application/merge-patch+json': mergePatch, 'application/json-patch+json': jsonPatch },
      ok: { description: 'The service as it is now', schema: 'Tmf640Service', example: activatedExample },
      errors: ['JSON_PATCH_INVALID', ...errorsOfChanges],
    }),
  );

export const DescribeDeleteService = (): MethodDecorator =>
  applyDecorators(
    describeServiceId,
    DescribeServiceWrite({
      operationId: 'deleteService',
      summary: 'Terminate a service',
      description: 'It stays, as terminated. One that is terminated already is answered as one that just became so.',
      ok: { status: HttpStatus.NO_CONTENT, description: 'Terminated' },
      errors: errorsOfChanges,
    }),
  );
