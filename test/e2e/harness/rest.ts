import type { CreatedClient } from '#libs/access';

export interface Reply {
  status: number;
  headers: Headers;
  // Bodies are asserted on, and each test knows what it asks for.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

export const credentials = ({ clientId, clientSecret }: CreatedClient): Record<string, string> => ({
  client_id: clientId,
  client_secret: clientSecret,
});

/** Sends JSON; a text is sent as it is. */
export async function request(
  method: string,
  url: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<Reply> {
  const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(url, {
    method,
    headers: { ...(payload !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(payload !== undefined && { body: payload }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return { status: response.status, headers: response.headers, body: isJson ? (JSON.parse(text) as unknown) : text };
}
