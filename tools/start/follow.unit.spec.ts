import { describe, expect, it } from '@jest/globals';
import type { Api } from './api.js';
import { untilEnded } from './follow.js';

const operations = [
  { operationId: 'item', facade: 'bulk', status: 'FAILED' },
  { operationId: 'job', facade: 'kafka', status: 'COMPLETED_WITH_ERRORS' },
];

/** A gateway that filters its operations by facade, newest first. */
const gateway: Pick<Api, 'get'> = {
  get: (_path, { facade } = {}) => {
    const found = operations.filter((operation) => facade === undefined || operation.facade === facade);
    return Promise.resolve({ status: 200, headers: new Headers(), body: { operations: found } });
  },
};

describe('the end of a command from Kafka', () => {
  it('is that of its own operation, and not that of an item of the bulk job it has started', async () => {
    const ended = await untilEnded(gateway, 'correlation', AbortSignal.timeout(5000));
    expect(ended.operationId).toBe('job');
  });
});
