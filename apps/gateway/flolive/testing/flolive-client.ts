import { expect } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CreatedClient } from '#libs/access';
import { endOperations, isOpen, readAnswers, type OperationEnd } from '#libs/operations';
import type { Tx } from '#libs/postgres';
import { projectDir } from '#tools/infra/project-dir';
import { credentials, type GatewayUnderTest } from '../../testing/gateway-under-test.js';

export interface FloliveReply {
  status: number;
  headers: Headers;
  /** the body's bytes */
  text: string;
}

/** Calls the facade as a client. */
export async function callFlolive(
  gateway: GatewayUnderTest,
  client: CreatedClient,
  route: `${'GET' | 'POST' | 'PUT' | 'DELETE'} /api/${string}`,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<FloliveReply> {
  const [method = '', path = ''] = route.split(' ');
  const response = await fetch(gateway.url + path, {
    method,
    headers: {
      ...credentials(client),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const golden = (name: string): string =>
  readFileSync(join(projectDir, 'apps/gateway/flolive/golden', `${name}.json`), 'utf8');

/** A golden file's value. */
export const goldenJson = (name: string): unknown => JSON.parse(golden(name));

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Whether an answer is the golden file byte for byte; ids, which differ each time, stand in it as `<id 1>`, `<id 2>`, … */
export function expectGolden({ status, text }: FloliveReply, expected: number, name: string): void {
  const ids = new Map<string, string>();
  const numbered = text.replace(uuid, (id) => {
    if (!ids.has(id)) ids.set(id, `<id ${ids.size + 1}>`);
    return ids.get(id) ?? id;
  });
  expect({ status, text: numbered }).toEqual({ status: expected, text: JSON.stringify(goldenJson(name)) });
}

/** The request ids of an answer, in the order of its nodes. */
export const requestIdsOf = ({ text }: FloliveReply): string[] =>
  [...text.matchAll(/"requestId":"([^"]*)"/g)].map(([, id]) => id ?? '');

export const errorCodeOf = ({ status, text }: FloliveReply): [number, string] => [
  status,
  (JSON.parse(text) as { errorCode: string }).errorCode,
];

/** The request id of a single call's answer. */
export const requestIdOf = (reply: FloliveReply): string => requestIdsOf(reply)[0] ?? '';

/** Ends a call as its service would; it was open. */
export async function endCall(
  database: Tx,
  requestId: string,
  end: Pick<OperationEnd, 'status'> & { errorCode?: string },
): Promise<void> {
  const error = end.errorCode === undefined ? null : JSON.stringify({ code: end.errorCode, message: 'for the log' });
  const blank = { operationId: requestId, businessTransactionId: null, response: null, endedAt: new Date() };
  const statusNow = async () => (await readAnswers(database, [requestId])).get(requestId)?.status ?? 'COMPLETED';
  expect(isOpen(await statusNow())).toBe(true);
  await endOperations(database, [{ ...blank, status: end.status, error }]);
  expect(await statusNow()).toBe(end.status);
}
