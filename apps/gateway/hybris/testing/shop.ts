import { randomUUID } from 'node:crypto';
import type { CreatedClient } from '#libs/access';
import { saveBusinessUnit } from '#libs/inventory';
import type { Database } from '#libs/postgres';
import { saveInventory, simRow, subscriberRow } from '#libs/testing';
import { credentials, type GatewayUnderTest } from '../../testing/gateway-under-test.js';

export const iccidOf = (index: number): string => `8901260${String(index).padStart(12, '0')}`;
/** SIM cards of business unit TT, from 0; those of JM, of the tenant's other account, come after them. */
export const simsOfTt = 300;
export const simOfJm = iccidOf(simsOfTt);
export const simOfPr = iccidOf(simsOfTt + 1);

/** Saves SIM cards of ACME-A, which is TT, of ACME-B, which is JM, and of OTHER, which is PR. */
export async function saveShop(database: Database): Promise<void> {
  const subscriber = (index: number, accountId: string) => {
    const tenantId = accountId.split('-', 1)[0] ?? accountId;
    return subscriberRow(`SHOP-${index}`, { accountId, tenantId, accountPath: [...new Set([tenantId, accountId])] });
  };
  const accountAt = (index: number) => (index < simsOfTt ? 'ACME-A' : index === simsOfTt ? 'ACME-B' : 'OTHER');
  const subscribers = Array.from({ length: simsOfTt + 2 }, (_, index) => subscriber(index, accountAt(index)));
  await saveInventory(database, {
    subscribers,
    sims: subscribers.map((one, index) => simRow(one, iccidOf(index), { status: 'INACTIVE' })),
  });
  await saveBusinessUnit(database, { businessId: 'TT', accountIds: ['ACME-A'] });
  await saveBusinessUnit(database, { businessId: 'JM', accountIds: ['ACME-B'] });
  await saveBusinessUnit(database, { businessId: 'PR', accountIds: ['OTHER'] });
}

export interface ShopReply {
  status: number;
  headers: Headers;
  /** the body's bytes */
  text: string;
}

export interface ShopCall {
  businessId?: string;
  method?: string;
  /** undefined leaves one out */
  headers?: Record<string, string | undefined>;
}

/** Sends a body, or a text as it is, to the service of a business unit. */
export async function callShop(
  gateway: Pick<GatewayUnderTest, 'url'>,
  client: CreatedClient,
  body: unknown,
  options: ShopCall = {},
): Promise<ShopReply> {
  const { businessId = 'TT', method = 'PATCH', headers = {} } = options;
  const given: Record<string, string | undefined> = {
    ...credentials(client),
    'x-correlation-id': randomUUID(),
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...headers,
  };
  const sent = Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const response = await fetch(`${gateway.url}/ecom-sales-ux/v1/${businessId}/service`, {
    method,
    headers: Object.fromEntries(sent),
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** An operation of a patch, as seed 004 has it. */
export const order = (op: 'add' | 'replace', orderType: string, ...iccids: string[]): object => ({
  op,
  path: 'characteristics',
  value: [
    { name: 'ICCIDs', valueType: 'array', value: iccids },
    { name: 'OrderType', valueType: 'String', value: orderType },
  ],
});
