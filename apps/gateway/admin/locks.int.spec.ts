import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { CreatedClient } from '#libs/access';
import { eventually } from '#libs/testing';
import { credentials, send, startGateway, type GatewayUnderTest, type Reply } from '../testing/gateway-under-test.js';

let gateway: GatewayUnderTest;
let admin: CreatedClient;
let below: CreatedClient;
let stranger: CreatedClient;
const subscribers = [randomUUID(), randomUUID(), randomUUID()];

beforeAll(async () => {
  gateway = await startGateway();
  admin = await gateway.newClient('ACME', ['admin']);
  below = await gateway.newClient('ACME-A');
  stranger = await gateway.newClient('OTHER', ['admin']);
  await gateway.database.execute(
    `insert into inventory.subscriber (subscriber_id, tenant_id, account_id, external_id, state, version, created_at, changed_at)
     select id, 'ACME', 'ACME-A', id, 'Active', 1, now(), now() from unnest($1::uuid[]) as id`,
    [subscribers],
  );
}, 60_000);

afterAll(() => gateway.stop());

const locks = (query: string, client: CreatedClient = admin): Promise<Reply> =>
  send(`${gateway.url}/admin/v1/locks${query}`, 'GET', credentials(client));

const breakLock = (token: string, client: CreatedClient = admin, query = '?reason=it+hangs'): Promise<Reply> =>
  send(`${gateway.url}/admin/v1/locks/${token}${query}`, 'DELETE', credentials(client));

const tokensOf = ({ body }: Reply): string[] =>
  (body.locks as { fencingToken: string }[]).map(({ fencingToken }) => fencingToken);

/** A write that nobody handles, once it holds its subscriber. */
async function hold(refId: string, client: CreatedClient = below): Promise<{ reply: Promise<Reply>; token: string }> {
  const body = { requestId: randomUUID(), subscriber: { refId }, state: 'Suspended' };
  const reply = send(`${gateway.url}/v1/casm/subscribers/status`, 'POST', credentials(client), body);
  const token = await eventually(async () => {
    const [held] = tokensOf(await locks(`?entityType=Subscriber&entityId=${refId}`));
    expect(held).toBeDefined();
    return held ?? '';
  });
  return { reply, token };
}

describe('GET /admin/v1/locks', () => {
  it('shows who holds what, since when and until when, to the accounts above', async () => {
    const [refId = ''] = subscribers;
    const { reply, token } = await hold(refId);
    const shown = await locks(`?entityType=Subscriber&entityId=${refId}`);
    expect(shown).toMatchObject({ status: 200 });
    expect(shown.body).toEqual({
      locks: [
        {
          fencingToken: token,
          level: 'entity',
          operationId: expect.any(String),
          username: below.username,
          facade: 'ocs',
          action: 'ChangeSubscriberStatus',
          entity: { type: 'Subscriber', id: refId },
          tenant: 'ACME',
          accountId: 'ACME-A',
          acquiredAt: expect.any(String),
          expiresAt: expect.any(String),
        },
      ],
    });
    expect(tokensOf(await locks('', below))).toEqual([token]);
    expect(tokensOf(await locks('', stranger))).toEqual([]);
    await breakLock(token);
    await reply;
  });

  it('filters and pages', async () => {
    const held = [];
    for (const refId of subscribers) held.push(await hold(refId));
    const newestFirst = held.map(({ token }) => token).reverse();
    const first = await locks('?limit=2');
    expect(tokensOf(first)).toEqual(newestFirst.slice(0, 2));
    const second = await locks(`?limit=2&cursor=${first.body.nextCursor}`);
    expect([tokensOf(second), second.body.nextCursor]).toEqual([newestFirst.slice(2), undefined]);
    expect(tokensOf(await locks(`?user=${below.username}&action=ChangeSubscriberStatus`))).toEqual(newestFirst);
    expect(tokensOf(await locks(`?user=${admin.username}`))).toEqual([]);
    expect(tokensOf(await locks('?action=AttachOffer'))).toEqual([]);
    for (const { token } of held) expect(await breakLock(token)).toMatchObject({ status: 200 });
    await Promise.all(held.map(({ reply }) => reply));
  });

  it.each([
    '?entityType=Subscriber',
    '?entityId=x',
    '?entityType=Plan&entityId=x',
    '?limit=0',
    '?cursor=x',
    '?since=1',
  ])('refuses %s', async (query) => {
    expect(await locks(query)).toMatchObject({ status: 400, body: { error: { code: 'REQUEST_INVALID' } } });
  });
});

describe('DELETE /admin/v1/locks/{fencingToken}', () => {
  it('ends the holder, answers who waits for it, frees the entity and keeps who did it and why', async () => {
    const [refId = ''] = subscribers;
    const { reply, token } = await hold(refId);
    const broken = await breakLock(token);
    expect(broken).toMatchObject({ status: 200, body: { fencingToken: token, entity: { id: refId } } });
    expect(await reply).toMatchObject({ status: 409, body: { error: { code: 'OPERATION_CANCELLED' } } });
    const { operationId } = broken.body as { operationId: string };
    expect(await send(`${gateway.url}/admin/v1/operations/${operationId}`, 'GET', credentials(admin))).toMatchObject({
      body: { status: 'CANCELLED', error: { code: 'OPERATION_CANCELLED' } },
    });
    const outcomes = await gateway.database.query<{ payload: string }>(
      `select payload from messaging.outbox where topic = 'simyard.command-outcomes.v1' and aggregateid = $1`,
      [operationId],
    );
    expect(outcomes.map(({ payload }) => JSON.parse(payload) as unknown)).toMatchObject([
      { operationId, status: 'FAILED' },
    ]);
    expect(
      await gateway.database.query('select * from operations.lock_audit where fencing_token = $1', [token]),
    ).toMatchObject([{ operation_id: operationId, broken_by: admin.username, reason: 'it hangs' }]);

    const next = await hold(refId);
    expect(Number(next.token)).toBeGreaterThan(Number(token));
    await breakLock(next.token);
    await next.reply;
  });

  it('needs the scope admin, a reason, and a lock of the own tree that is held', async () => {
    const [refId = ''] = subscribers;
    const { reply, token } = await hold(refId);
    expect(await breakLock(token, below)).toMatchObject({ status: 403, body: { error: { code: 'FORBIDDEN' } } });
    expect(await breakLock(token, admin, '')).toMatchObject({
      status: 400,
      body: { error: { code: 'REQUEST_INVALID' } },
    });
    const notFound = { status: 404, body: { error: { code: 'LOCK_NOT_FOUND' } } };
    expect(await breakLock(token, stranger)).toMatchObject(notFound);
    for (const other of ['0', 'x', '999999999999999999', '99999999999999999999']) {
      expect(await breakLock(other)).toMatchObject(notFound);
    }
    expect(tokensOf(await locks(''))).toEqual([token]);
    await breakLock(token);
    await reply;
    expect(await breakLock(token)).toMatchObject(notFound);
  });
});
