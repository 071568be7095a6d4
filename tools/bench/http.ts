import { Agent, request } from 'node:http';
import type { BenchStack } from './stack.js';

export type Credentials = BenchStack['credentials'];

export interface Reply {
  status: number;
  text: string;
}

export const ok = 200;
export const accepted = 202;
export const locked = 409;

/** Costs less than fetch, and connections stay: the load comes from the same cores that carry it. */
const agent = new Agent({ keepAlive: true, maxSockets: 256 });

/** One call with the client's credentials; a body that is no JSON is piped, as `contentType`. */
export function call(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH',
  url: string,
  { clientId, clientSecret }: Credentials,
  body?: { json: unknown; contentType?: string } | { stream: NodeJS.ReadableStream; contentType: string },
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const contentType = body && (body.contentType ?? 'application/json');
    const headers = {
      client_id: clientId,
      client_secret: clientSecret,
      ...(contentType !== undefined && { 'content-type': contentType }),
    };
    const sent = request(url, { method, agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    if (body && 'stream' in body) body.stream.on('error', reject).pipe(sent);
    else sent.end(body && JSON.stringify(body.json));
  });
}
