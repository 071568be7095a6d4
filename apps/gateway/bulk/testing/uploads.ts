import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { CreatedClient } from '#libs/access';
import { credentials, type GatewayUnderTest, type Reply } from '../../testing/gateway-under-test.js';

export const jobsPath = '/admin/v1/bulk-jobs';

export interface Upload {
  query?: string;
  headers?: Record<string, string>;
}

/** Sends a table of items, ChangeSimStatus as CSV unless told, whole. */
export async function upload(
  gateway: GatewayUnderTest,
  client: CreatedClient,
  body: string | Uint8Array<ArrayBuffer>,
  { query = 'action=ChangeSimStatus', headers = {} }: Upload = {},
): Promise<Reply> {
  const response = await fetch(`${gateway.url}${jobsPath}?${query}`, {
    method: 'POST',
    headers: { ...credentials(client), 'content-type': 'text/csv', ...headers },
    body,
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** An upload whose body is sent piece by piece. */
export interface OpenUpload {
  send(piece: string): Promise<void>;
  /** status and body of the answer, which may come before the end */
  answered: Promise<{ status: number | undefined; body: unknown }>;
  end(): void;
  /** breaks off */
  destroy(): void;
}

export function openUpload(
  gateway: GatewayUnderTest,
  client: CreatedClient,
  { query = 'action=ChangeSimStatus', headers = {} }: Upload = {},
): OpenUpload {
  const sent = request(`${gateway.url}${jobsPath}?${query}`, {
    method: 'POST',
    headers: { ...credentials(client), 'content-type': 'text/csv', ...headers },
  });
  const answered = readAnswer(sent);
  // Who breaks off does not wait for an answer.
  answered.catch(() => undefined);
  return {
    send: async (piece) => {
      if (!sent.write(piece)) await once(sent, 'drain');
    },
    answered,
    end: () => sent.end(),
    destroy: () => sent.destroy(),
  };
}

async function readAnswer(sent: ClientRequest): Promise<{ status: number | undefined; body: unknown }> {
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode, body: JSON.parse(await text(response)) as unknown };
}

/** Rows of a CSV body whose header is `key,externalId,status`. */
export const csvHeader = 'key,externalId,status\n';
export const csvRows = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => `k-${from + index},S-${from + index},ACTIVE\n`).join('');
