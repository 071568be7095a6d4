import type { ErrorShape } from '../openapi/describe.js';
import { refusalBody } from './bodies.js';
import { DescribeFlolive } from './describe.js';
import { callExample, callV3Example } from './examples.js';
import { refusalOf, unknownCall } from './flolive-errors.js';
import { PageRequest } from './requests.js';

const callShape: ErrorShape = {
  schema: 'FloliveRefusal',
  example: (code) => refusalBody(code === 'NOT_FOUND' ? unknownCall : refusalOf(code)),
};

export const DescribeCall = (): MethodDecorator =>
  DescribeFlolive({
    operationId: 'readCall',
    summary: 'Read how far a call is',
    description:
      'OPEN until it has ended; FAILURE with the code of its action; INTERNAL_ERROR after a fault. A bulk as a whole is SUCCESS when each of its nodes is.',
    ok: { description: 'The call', schema: 'FloliveCall', example: callExample },
    errors: ['NOT_FOUND'],
    errorShape: callShape,
  });

export const DescribeCallV3 = (): MethodDecorator =>
  DescribeFlolive({
    operationId: 'readCallV3',
    summary: 'Read how far a call, or each node of a bulk, is',
    query: {
      dataClass: PageRequest,
      parameters: {
        page: { description: 'From 0' },
        size: { description: 'Nodes of a page, 1 to 200; all nodes of a floLIVE bulk when absent' },
      },
    },
    ok: {
      description: 'The call, or the nodes of the bulk in their order',
      schema: 'FloliveCalls',
      example: callV3Example,
    },
    errors: ['NOT_FOUND', 'REQUEST_INVALID'],
    errorShape: callShape,
  });
