import { expect } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CreatedClient } from '#libs/access';
import { endOperations, readAnswers, type OperationEnd, type OperationError } from '#libs/operations';
import { eventually } from '#libs/testing';
import { projectDir } from '#tools/infra/project-dir';
import { credentials, type GatewayUnderTest } from '../../testing/gateway-under-test.js';

export interface CmoReply {
  status: number;
  headers: Headers;
  /** the body's bytes */
  text: string;
}

/** Where the facade is, up to the tenant. */
export const cmoUrl = ({ url }: GatewayUnderTest): string => `${url}/connection-management-orchestrator/v5`;

/** Calls the facade as a client of the tenant ACME, unless the path begins with another one; a text is sent as it is. */
export async function callCmo(
  gateway: GatewayUnderTest,
  client: CreatedClient,
  route: `${string} ${string}`,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<CmoReply> {
  const [method = '', path = ''] = route.split(' ');
  const under = path.startsWith('/') ? path : `/ACME/${path}`;
  const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(cmoUrl(gateway) + under, {
    method,
    headers: {
      ...credentials(client),
      ...(payload !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(payload !== undefined && { body: payload }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const golden = (name: string): unknown =>
  JSON.parse(readFileSync(join(projectDir, 'apps/gateway/cmo/golden', `${name}.json`), 'utf8'));

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const monitorId = /-\d{10}-monitor/g;

/**
 * Whether an answer is the golden file byte for byte; the facade's URL stands in it as `<url>`, ids that differ each time
 * as `<id 1>`, `<id 2>`, …, and the time in a monitor's id as `<epoch>`.
 */
export function expectGolden(
  gateway: GatewayUnderTest,
  { status, text }: CmoReply,
  expected: number,
  name: string,
): void {
  const ids = new Map<string, string>();
  const told = text
    .replaceAll(cmoUrl(gateway), '<url>')
    .replace(monitorId, '-<epoch>-monitor')
    .replace(uuid, (id) => {
      if (!ids.has(id)) ids.set(id, `<id ${ids.size + 1}>`);
      return ids.get(id) ?? id;
    });
  expect({ status, text: told }).toEqual({ status: expected, text: JSON.stringify(golden(name)) });
}

/** An answer's body. */
// Bodies are asserted on, and each test knows what it asks for.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export const bodyOf = ({ text }: CmoReply): any => JSON.parse(text);

export const errorOf = (reply: CmoReply): [number, string] => [reply.status, (bodyOf(reply) as { code: string }).code];

/** Ends the open operation of a client as its service would, once there is one; returns its id. */
export const endOpen = (
  { database }: GatewayUnderTest,
  { username }: CreatedClient,
  end: Pick<OperationEnd, 'status'> & { response?: object; error?: OperationError },
): Promise<string> =>
  eventually(async () => {
    const open = await database.query<{ id: string }>(
      `select operation_id as id from operations.operation where actor = $1 and status = 'ACCEPTED'`,
      [username],
    );
    const [operation] = open;
    if (operation === undefined || open.length > 1) throw new Error(`${open.length} open operations`);
    const { status, response = null, error = null } = end;
    const [operationId, businessTransactionId, endedAt] = [operation.id, null, new Date()];
    const texts = { response: response && JSON.stringify(response), error: error && JSON.stringify(error) };
    await endOperations(database, [{ operationId, businessTransactionId, endedAt, status, ...texts }]);
    expect((await readAnswers(database, [operationId])).get(operationId)?.status).toBe(status);
    return operationId;
  });
