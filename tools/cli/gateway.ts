import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { CliError, errorLine, type DescribedError, type ExitReason } from './cli-error.js';
import type { GatewayAddress } from './gateway-address.js';

export type Query = Record<string, string | number | boolean | undefined>;

/** What is sent: a text that is there, or a stream as it comes. */
interface Payload {
  content: string | Readable;
  contentType: string;
}

export interface CallOptions {
  query?: Query;
  /** beside the credentials */
  headers?: Record<string, string | undefined>;
  payload?: Payload;
  signal?: AbortSignal | undefined;
}

/** The gateway's REST API as one of its clients calls it. Throws CliError, or the signal's reason. */
export interface Gateway {
  /** The parsed body of a success; `Body` is what the gateway documents for it. An answer may come before a stream's end. */
  call: <Body>(method: 'GET' | 'POST' | 'DELETE', path: string, options?: CallOptions) => Promise<Body>;
  /** The body of a success as it comes. */
  download: (path: string, options?: CallOptions) => Promise<Readable>;
}

/** Without a sign of life for so long, the gateway counts as not reachable; longer while it stores what it was sent. */
const idleMs = 60_000;
const idleUploadMs = 600_000;

const unavailable = [502, 503, 504];

export function openGateway(address: GatewayAddress): Gateway {
  const exchange = async (method: string, path: string, options: CallOptions): Promise<IncomingMessage> => {
    const response = await send(address, method, path, options);
    if (isSuccess(response)) return response;
    throw refusal(`${method} ${path}`, response, await text(response));
  };
  return {
    call: async <Body>(method: string, path: string, options: CallOptions = {}) =>
      guarded(address, options, async () => {
        const body = await text(await exchange(method, path, options));
        return (body === '' ? undefined : JSON.parse(body)) as Body;
      }),
    download: (path, options = {}) => guarded(address, options, () => exchange('GET', path, options)),
  };
}

/** Words what the network, or the signal, did to a call. */
async function guarded<T>({ url }: GatewayAddress, { signal }: CallOptions, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof CliError) throw error;
    const why = error instanceof Error ? error.message || String(Reflect.get(error, 'code')) : String(error);
    throw new CliError('unreachable', `GATEWAY_UNREACHABLE: ${url} does not answer (${why})`, { cause: error });
  }
}

/** Not by fetch: it gives an upload up after five minutes, whatever happens meanwhile. */
function send(address: GatewayAddress, method: string, path: string, options: CallOptions): Promise<IncomingMessage> {
  const { payload, query, signal } = options;
  const url = urlOf(address, path, query);
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const streamed = payload !== undefined && typeof payload.content !== 'string';
  const settings: RequestOptions = {
    method,
    headers: headersOf(address, options),
    timeout: streamed ? idleUploadMs : idleMs,
    ...(signal && { signal }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(url, settings, (response) => {
      // A refusal of a stream that is still on its way: nobody wants the rest.
      response.once('end', () => sent.writableEnded || sent.destroy());
      resolve(response);
    });
    sent.once('error', reject);
    sent.once('timeout', () => sent.destroy(new Error('it says nothing')));
    if (payload === undefined || typeof payload.content === 'string') sent.end(payload?.content);
    else pipeline(payload.content, sent).catch(reject);
  });
}

function urlOf({ url }: GatewayAddress, path: string, query: Query = {}): URL {
  const target = new URL(`${url.replace(/\/+$/, '')}${path}`);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) target.searchParams.set(name, String(value));
  }
  return target;
}

function headersOf(
  { clientId, clientSecret }: GatewayAddress,
  { headers, payload }: CallOptions,
): Record<string, string> {
  const all = { ...headers, client_id: clientId, client_secret: clientSecret, 'content-type': payload?.contentType };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function isSuccess({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 200 && statusCode < 300;
}

/** An answer that is no success; a proxy in between may not answer in the gateway's shape. */
function refusal(what: string, { statusCode = 0 }: IncomingMessage, body: string): CliError {
  const described = describedIn(body) ?? { code: `HTTP_${statusCode}`, message: `${what} was answered so.` };
  return new CliError(reasonOf(statusCode), errorLine(described));
}

function describedIn(body: string): DescribedError | undefined {
  try {
    const { error } = JSON.parse(body) as { error?: Partial<DescribedError> };
    if (typeof error?.code !== 'string' || typeof error.message !== 'string') return undefined;
    return { code: error.code, message: error.message, ...(error.details && { details: error.details }) };
  } catch {
    return undefined;
  }
}

function reasonOf(status: number): ExitReason {
  if (unavailable.includes(status)) return 'unreachable';
  return status >= 500 ? 'fault' : 'refused';
}
