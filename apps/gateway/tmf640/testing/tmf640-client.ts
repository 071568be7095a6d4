import { expect } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CreatedClient } from '#libs/access';
import type { SubscriberState } from '#libs/contracts';
import { servicePrefix } from '#libs/services';
import { eventually, resourceRow, saveInventory, simRow, subscriberRow } from '#libs/testing';
import { projectDir } from '#tools/infra/project-dir';
import { credentials, endByHand, send, type GatewayUnderTest, type Reply } from '../../testing/gateway-under-test.js';

export const tmf640Url = ({ url }: GatewayUnderTest): string => url + servicePrefix;

export const mergePatch = { 'content-type': 'application/merge-patch+json' };
export const jsonPatch = { 'content-type': 'application/json-patch+json' };

/** Calls the facade, e.g. `GET service/…`. */
export function callTmf640(
  gateway: GatewayUnderTest,
  client: CreatedClient,
  route: `${string} ${string}`,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const [method = '', path = ''] = route.split(' ');
  return send(`${tmf640Url(gateway)}/${path}`, method, { ...credentials(client), ...headers }, body);
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/**
 * Whether an answer is the golden file; the facade's URL stands in it as `<url>`, the gateway's as `<gateway>`, and ids that
 * differ each time as `<id 1>`, `<id 2>`, …
 */
export function expectGolden(gateway: GatewayUnderTest, { status, body }: Reply, expected: number, name: string): void {
  const ids = new Map<string, string>();
  const told = JSON.stringify(body)
    .replaceAll(tmf640Url(gateway), '<url>')
    .replaceAll(gateway.url, '<gateway>')
    .replace(uuid, (id) => {
      if (!ids.has(id)) ids.set(id, `<id ${ids.size + 1}>`);
      return ids.get(id) ?? id;
    });
  const golden: unknown = JSON.parse(
    readFileSync(join(projectDir, 'apps/gateway/tmf640/golden', `${name}.json`), 'utf8'),
  );
  expect({ status, body: JSON.parse(told) as unknown }).toEqual({ status: expected, body: golden });
}

const transaction = (entities: object[]): string => JSON.stringify({ businessTransaction: { entities } });

/** Changes a service's subscriber and ends the open operation with this requestId, as the subscriber service would. */
export const changeByHand = (
  gateway: GatewayUnderTest,
  requestId: string,
  id: string,
  state: SubscriberState,
): Promise<string> =>
  eventually(async () => {
    const operationId = await endByHand(gateway.database, requestId, {
      status: 'COMPLETED',
      entityType: 'Subscriber',
      entityId: id,
      response: transaction([
        { entityType: 'Subscriber', entityId: id, before: { state: 'Active' }, after: { state, accountId: 'ACME-A' } },
      ]),
    });
    await gateway.database.execute('update inventory.subscriber set state = $2 where subscriber_id = $1', [id, state]);
    return operationId;
  });

/** Makes the subscriber of the open CreateSubscriber with this requestId, and ends it, as the subscriber service would. */
export const createByHand = (gateway: GatewayUnderTest, requestId: string): Promise<string> =>
  eventually(async () => {
    const { database } = gateway;
    const [operation] = await database.query<{ operationId: string; data: NewSubscriber }>(
      `select operation_id as "operationId", request::json as data from operations.operation
       where request_id = $1 and status = 'ACCEPTED'`,
      [requestId],
    );
    if (!operation) throw new Error(`no open operation of ${requestId}`);
    const { externalId, accountId, state, platform = null, sim, resources = [] } = operation.data;
    const subscriber = subscriberRow(externalId, {
      ...{ tenantId: 'ACME', accountId, accountPath: ['ACME', accountId], state, platform },
    });
    await saveInventory(database, {
      subscribers: [subscriber],
      sims: sim
        ? [simRow(subscriber, sim.iccid, { imsi: sim.imsi ?? null, status: 'INACTIVE', firstActivatedAt: null })]
        : [],
      resources: resources.map(({ type, value }) => resourceRow(subscriber, type, value)),
    });
    const { subscriberId: entityId } = subscriber;
    const entity = { entityType: 'Subscriber', entityId };
    await endByHand(database, requestId, {
      ...{ status: 'COMPLETED', ...entity },
      response: transaction([{ ...entity, before: null, after: { state, accountId } }]),
    });
    return entityId;
  });

interface NewSubscriber {
  externalId: string;
  accountId: string;
  state: SubscriberState;
  platform?: string;
  sim?: { iccid: string; imsi?: string };
  resources?: { type: string; value: string }[];
}
