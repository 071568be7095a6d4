export interface Reply {
  status: number;
  headers: Headers;
  /** parsed JSON */
  body: unknown;
}

/** One of Simyard's HTTP services, as one of its clients calls it. */
export interface Api {
  get(path: string, parameters?: Record<string, string>): Promise<Reply>;
  post(path: string, body: unknown): Promise<Reply>;
  /** JSON of the given type */
  patch(path: string, contentType: string, body: unknown): Promise<Reply>;
  /** a file, as its text */
  upload(path: string, contentType: string, text: string): Promise<Reply>;
}

export interface Credentials {
  clientId: string;
  clientSecret: string;
}

const timeoutMs = 30_000;

export function apiOf(baseUrl: string, { clientId, clientSecret }: Credentials): Api {
  const credentials = { client_id: clientId, client_secret: clientSecret };
  const call = async (path: string, init: RequestInit): Promise<Reply> => {
    const response = await fetch(`${baseUrl}${path}`, { ...init, signal: AbortSignal.timeout(timeoutMs) });
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  const send = (path: string, contentType: string, body: string, method = 'POST'): Promise<Reply> =>
    call(path, { method, headers: { ...credentials, 'content-type': contentType }, body });
  return {
    get: (path, parameters = {}) =>
      call(`${path}?${new URLSearchParams(parameters).toString()}`, { headers: credentials }),
    post: (path, body) => send(path, 'application/json', JSON.stringify(body)),
    patch: (path, contentType, body) => send(path, contentType, JSON.stringify(body), 'PATCH'),
    upload: send,
  };
}

/** The body of an answer that must have this status. `Body` is what the service documents for it. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller names what it will read
export function expectStatus<Body>(what: string, { status, body }: Reply, wanted: number): Body {
  if (status !== wanted) throw new Error(`${what} was answered with ${status}: ${JSON.stringify(body)}`);
  return body as Body;
}
