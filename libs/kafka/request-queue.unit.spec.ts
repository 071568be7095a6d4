import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createRequire } from 'node:module';
import { scheduleCheckPendingRequests } from './faster-kafkajs.js';

interface Queue {
  push: (request: object) => void;
  fulfillRequest: (response: { correlationId: number; size: number; payload: Buffer }) => void;
  maybeThrottle: (ms: number) => void;
}

const require = createRequire(import.meta.url);
const RequestQueue = require('kafkajs/src/network/requestQueue/index.js') as new (options: object) => Queue;

/** A queue that sends one request at a time, and the ids of those that it sent. */
function queue(): { queue: Queue; push: (id: number) => void; answer: (id: number) => void; sent: number[] } {
  const logger = { debug: () => undefined, warn: () => undefined };
  const its = new RequestQueue({ maxInFlightRequests: 1, requestTimeout: 30_000, clientId: 'c', broker: 'b', logger });
  Object.assign(its, { scheduleCheckPendingRequests });
  const sent: number[] = [];
  return {
    queue: its,
    sent,
    push: (correlationId) =>
      its.push({
        entry: { correlationId, resolve: () => undefined, reject: () => undefined },
        expectResponse: true,
        sendRequest: () => sent.push(correlationId),
      }),
    answer: (correlationId) => its.fulfillRequest({ correlationId, size: 0, payload: Buffer.alloc(0) }),
  };
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe("a connection's requests", () => {
  it('set no timer when the answers have come', () => {
    const { push, answer, sent } = queue();
    push(1);
    push(2);
    answer(1);
    answer(2);
    expect(sent).toEqual([1, 2]);
    jest.advanceTimersByTime(100);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('wait while the broker throttles, and are sent then', () => {
    const { queue: its, push, sent } = queue();
    its.maybeThrottle(500);
    push(1);
    jest.advanceTimersByTime(499);
    expect(sent).toEqual([]);
    jest.advanceTimersByTime(20);
    expect(sent).toEqual([1]);
  });
});
