import type { IncomingHttpHeaders } from 'node:http';

/** The request that started an operation, as its monitor tells it. */
export interface MonitorRequest {
  method: string;
  body: unknown;
  headers: MonitorHeader[];
}

export interface MonitorHeader {
  name: string;
  value: string;
}

/** What is told of a request's headers: nothing that could be a secret. */
const toldHeaders: readonly string[] = ['accept', 'content-type'];

/** What is kept of a request; its other headers are not. */
export function monitorRequest(method: string, body: unknown, headers: IncomingHttpHeaders): MonitorRequest {
  const told = toldHeaders.map((name) => ({ name, value: headers[name] }));
  return { method, body, headers: toldOf(told) };
}

/** Those of headers that a caller has written into a body which may be told; their names as he wrote them. */
export const toldOf = (headers: { name: string; value: unknown }[]): MonitorHeader[] =>
  headers.flatMap(({ name, value }) =>
    toldHeaders.includes(name.toLowerCase()) && typeof value === 'string' ? [{ name, value }] : [],
  );
