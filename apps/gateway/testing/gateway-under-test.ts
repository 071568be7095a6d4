import type { Type } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { createClient, type CreatedClient } from '#libs/access';
import { topics } from '#libs/contracts';
import { insertAccounts } from '#libs/inventory';
import { createKafka, ensureTopics } from '#libs/kafka';
import { endOperations, type OperationEnd } from '#libs/operations';
import { openDatabase, type Database } from '#libs/postgres';
import { createLogger, startService, type ServiceOptions } from '#libs/runtime';
import { testBrokers, testDatabase, testTopicPrefix } from '#libs/testing';
import { gateway } from '../build.js';

const pepper = 'a pepper that is long enough for tests';

/** The gateway's process within a spec's own, on a database and topics of its own. Tenants ACME (with ACME-A, ACME-B) and OTHER. */
export interface GatewayUnderTest {
  readonly url: string;
  readonly database: Database;
  readonly topicPrefix: string;
  /** as they are registered with Fastify */
  readonly routes: Route[];
  readonly controllers: Type[];
  newClient(accountId: string, scopes?: string[], businessIds?: string[]): Promise<CreatedClient>;
  stop(): Promise<void>;
}

export interface Route {
  method: string;
  /** template, e.g. `/admin/v1/operations/:operationId` */
  url: string;
}

export interface GatewaySettings {
  responseTimeoutMs?: number;
  /** none unless told */
  drainDelayMs?: number;
  publicUrl?: string;
  /** in place of the test database's own URL, e.g. through a proxy */
  throughUrl?: (databaseUrl: string) => Promise<string>;
  /** the same for the brokers, `host:port` */
  throughBroker?: (broker: string) => Promise<string>;
  environment?: Record<string, string>;
}

export async function startGateway(settings: GatewaySettings = {}): Promise<GatewayUnderTest> {
  const testDb = await testDatabase();
  const database = await openDatabase({ url: testDb.url, applicationName: 'gateway-spec', poolSize: 4 });
  await insertAccounts(database, [
    { accountId: 'ACME', name: 'Acme' },
    { accountId: 'ACME-A', parentId: 'ACME', name: 'Acme A' },
    { accountId: 'ACME-B', parentId: 'ACME', name: 'Acme B' },
    { accountId: 'OTHER', name: 'Other' },
  ]);
  const topicPrefix = testTopicPrefix();
  const log = createLogger('gateway-spec', 'silent');
  const kafka = createKafka({ kafkaBrokers: testBrokers(), topicPrefix }, 'gateway-spec', log);
  await ensureTopics(kafka, { definitions: topics.filter(({ name }) => name.endsWith('.interactive.v1')) });
  const databaseUrl = (await settings.throughUrl?.(testDb.url)) ?? testDb.url;
  const [broker = ''] = testBrokers();
  const brokers = settings.throughBroker ? await settings.throughBroker(broker) : testBrokers().join(',');
  setEnvironment(databaseUrl, brokers, topicPrefix, settings);
  const routes: Route[] = [];
  const controllers: Type[] = [];
  const service = await startService(watched(gateway, routes, controllers));
  return {
    url: service.url,
    database,
    topicPrefix,
    routes,
    controllers,
    newClient: (accountId, scopes = [], businessIds = []) =>
      createClient(database, pepper, { username: `user-${randomUUID()}`, accountId, scopes, businessIds }),
    stop: async () => {
      await service.stop();
      await database.close();
      await testDb.drop();
    },
  };
}

/** The service, with a note of what it registers. */
function watched(service: ServiceOptions, routes: Route[], controllers: Type[]): ServiceOptions {
  return {
    ...service,
    build: async (context) => {
      const parts = await service.build(context);
      controllers.push(...(parts.controllers ?? []));
      return {
        ...parts,
        configure: async (app) => {
          const server = app.getHttpAdapter().getInstance();
          server.addHook('onRoute', ({ method, url }) => {
            routes.push(...[method].flat().map((one) => ({ method: one, url })));
          });
          await parts.configure?.(app);
        },
      };
    },
  };
}

function setEnvironment(databaseUrl: string, brokers: string, topicPrefix: string, settings: GatewaySettings): void {
  Object.assign(process.env, {
    DATABASE_URL: databaseUrl,
    KAFKA_BROKERS: brokers,
    SIMYARD_TOPIC_PREFIX: topicPrefix,
    SIMYARD_SECRET_PEPPER: pepper,
    SIMYARD_RESPONSE_TIMEOUT_MS: String(settings.responseTimeoutMs ?? 10_000),
    SIMYARD_PUBLIC_URL: settings.publicUrl ?? '',
    SIMYARD_DRAIN_DELAY_MS: String(settings.drainDelayMs ?? 0),
    SIMYARD_LOG_LEVEL: process.env['SIMYARD_TEST_LOG_LEVEL'] ?? 'silent',
    ...settings.environment,
  });
}

export const credentials = ({ clientId, clientSecret }: CreatedClient): Record<string, string> => ({
  client_id: clientId,
  client_secret: clientSecret,
});

export interface Reply {
  status: number;
  headers: Headers;
  // Bodies are asserted on, and each test knows what it asks for.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

/** Sends JSON; a text is sent as it is. */
export async function send(
  url: string,
  method: string,
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

/** Ends the one open operation with this requestId as a command service would; returns its id. */
export async function endByHand(
  database: Database,
  requestId: string,
  end: Partial<OperationEnd> & Pick<OperationEnd, 'status'>,
): Promise<string> {
  const open = await database.query<{ operation_id: string }>(
    `select operation_id from operations.operation where request_id = $1 and status = 'ACCEPTED'`,
    [requestId],
  );
  const [operation] = open;
  if (operation === undefined || open.length !== 1) throw new Error(`${open.length} open operations of ${requestId}`);
  const blank = { businessTransactionId: null, response: null, error: null, endedAt: new Date() };
  await endOperations(database, [{ ...blank, ...end, operationId: operation.operation_id }]);
  return operation.operation_id;
}
