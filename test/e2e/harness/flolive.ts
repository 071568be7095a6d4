import type { CreatedClient } from '#libs/access';
import { eventually } from '#libs/testing';
import { credentials, request, type Reply } from './rest.js';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** The floLIVE facade as one user sees it. */
export interface FloliveUser {
  call(method: Method, path: string, body?: unknown): Promise<Reply>;
  /** Makes a call that must be acknowledged; returns its requestId. */
  start(method: Method, path: string, body?: unknown): Promise<string>;
  /** OPEN, SUCCESS, FAILURE or INTERNAL_ERROR */
  statusOf(requestId: string): Promise<string>;
  untilStatus(requestId: string, status: string): Promise<void>;
}

export function floliveUser(gatewayUrl: string, client: CreatedClient): FloliveUser {
  const call: FloliveUser['call'] = (method, path, body) =>
    request(method, `${gatewayUrl}/api/v2/${path}`, credentials(client), body);
  const statusOf: FloliveUser['statusOf'] = async (requestId) => {
    const { body } = await call('GET', `global/call/${requestId}`);
    return String(body.content[0].status);
  };
  return {
    call,
    statusOf,
    start: async (method, path, body) => {
      const reply = await call(method, path, body);
      if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
      return String(reply.body.requestId);
    },
    untilStatus: (requestId, status) =>
      eventually(
        async () => {
          const now = await statusOf(requestId);
          if (now !== status) throw new Error(`The call is ${now}, not ${status}`);
        },
        { timeoutMs: 60_000, intervalMs: 50 },
      ),
  };
}
