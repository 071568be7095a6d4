import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { send, startGateway, type GatewayUnderTest } from '../testing/gateway-under-test.js';

interface Content {
  schema?: { $ref?: string };
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}
interface Operation {
  operationId?: string;
  summary?: string;
  tags?: string[];
  security?: unknown[];
  parameters?: { name: string; in: string; description?: string; schema?: unknown }[];
  requestBody?: { content: Record<string, Content> };
  responses: Record<string, { description?: string; content?: Record<string, Content> }>;
}
interface Document {
  openapi: string;
  security: unknown[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; securitySchemes: Record<string, unknown> };
}

/** Writes whose path says it all. */
const bodiless =
  /\/(cancel|retry|retry-failed)$|\{(fencingToken|subscriptionId)\}$|\/(hub|service)\/\{id\}$|^\w+ \/api\/v2\/.*\/(\{offerId\}|\{instanceId\})$/;

let gateway: GatewayUnderTest;
let document: Document;
let operations: [name: string, operation: Operation][];

beforeAll(async () => {
  gateway = await startGateway();
  document = (await send(`${gateway.url}/openapi.json`, 'GET', {})).body as Document;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  );
}, 60_000);

afterAll(() => gateway.stop());

describe('the OpenAPI document', () => {
  it('has every route of the gateway', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(operations.map(([name]) => name).sort()).toEqual([
      'DELETE /admin/v1/locks/{fencingToken}',
      'DELETE /api/v2/bulk/subscriber/offer',
      'DELETE /api/v2/customer/{customerId}/external-params/{instanceId}',
      'DELETE /api/v2/subscriber/{type}/{value}/offer/{offerId}',
      'DELETE /connection-management-orchestrator/v5/{tenant}/hub/{subscriptionId}',
      'DELETE /tmf-api/ServiceActivationAndConfiguration/v4/hub/{id}',
      'DELETE /tmf-api/ServiceActivationAndConfiguration/v4/service/{id}',
      'DELETE /v1/casm/subscribers/resources',
      'GET /admin/v1/bulk-jobs',
      'GET /admin/v1/bulk-jobs/{jobId}',
      'GET /admin/v1/bulk-jobs/{jobId}/items',
      'GET /admin/v1/bulk-jobs/{jobId}/results.csv',
      'GET /admin/v1/callbacks',
      'GET /admin/v1/locks',
      'GET /admin/v1/operations',
      'GET /admin/v1/operations/{operationId}',
      'GET /api/v2/customer/{customerId}/external-params',
      'GET /api/v2/global/call/{requestId}',
      'GET /api/v2/subscriber/{type}/{value}',
      'GET /api/v3/global/call/{requestId}',
      'GET /connection-management-orchestrator/v5/{tenant}/hub',
      'GET /connection-management-orchestrator/v5/{tenant}/hub/{subscriptionId}',
      'GET /connection-management-orchestrator/v5/{tenant}/monitor',
      'GET /connection-management-orchestrator/v5/{tenant}/monitor/{monitorId}',
      'GET /connection-management-orchestrator/v5/{tenant}/product',
      'GET /connection-management-orchestrator/v5/{tenant}/product/{productId}',
      'GET /tmf-api/ServiceActivationAndConfiguration/v4/monitor',
      'GET /tmf-api/ServiceActivationAndConfiguration/v4/monitor/{id}',
      'GET /tmf-api/ServiceActivationAndConfiguration/v4/service',
      'GET /tmf-api/ServiceActivationAndConfiguration/v4/service/{id}',
      'GET /v1/casm/subscribers/resources',
      'PATCH /connection-management-orchestrator/v5/{tenant}/product',
      'PATCH /connection-management-orchestrator/v5/{tenant}/product/{productId}',
      'PATCH /ecom-sales-ux/v1/{businessId}/service',
      'PATCH /tmf-api/ServiceActivationAndConfiguration/v4/service/{id}',
      'POST /admin/v1/bulk-jobs',
      'POST /admin/v1/bulk-jobs/{jobId}/cancel',
      'POST /admin/v1/bulk-jobs/{jobId}/retry-failed',
      'POST /admin/v1/callbacks/{deliveryId}/retry',
      'POST /api/v2/bulk/subscriber/offer',
      'POST /api/v2/bulk/subscriber/reset-activation-time',
      'POST /api/v2/customer/{customerId}/external-params',
      'POST /api/v2/subscriber/{type}/{value}/offer/{offerId}',
      'POST /connection-management-orchestrator/v5/{tenant}/hub',
      'POST /oauth2/token',
      'POST /platform-callbacks/v1/{platform}',
      'POST /tmf-api/ServiceActivationAndConfiguration/v4/hub',
      'POST /tmf-api/ServiceActivationAndConfiguration/v4/service',
      'POST /v1/casm/subscribers',
      'POST /v1/casm/subscribers/resources',
      'POST /v1/casm/subscribers/resources/swap',
      'POST /v1/casm/subscribers/status',
      'PUT /api/v2/bulk/subscriber/sim-status',
      'PUT /api/v2/customer/{customerId}/external-params/{instanceId}',
      'PUT /api/v2/subscriber/{type}/{value}/sim-status',
    ]);
    expect(new Set(operations.map(([, { operationId }]) => operationId)).size).toBe(operations.length);
  });

  it('tells of each route what it does, takes, answers and refuses', () => {
    for (const [name, operation] of operations) {
      expect([name, operation.summary, operation.tags]).toEqual([name, expect.any(String), [expect.any(String)]]);
      const { responses, requestBody, parameters = [] } = operation;
      if (/^(POST|DELETE)/.test(name) && !bodiless.test(name)) expect(bodiesOf(requestBody?.content)).not.toEqual([]);
      for (const parameter of parameters) expect(parameter).toMatchObject({ description: expect.any(String) });
      expect(Object.keys(responses)).toEqual(
        expect.arrayContaining([expect.stringMatching(/^20[0124]$/), '401', '503']),
      );
      for (const [status, response] of Object.entries(responses)) {
        expect([name, status, bodiesOf(response.content).length > 0]).toEqual([name, status, status !== '204']);
      }
      if (name.includes('/v1/casm') && !name.startsWith('GET')) {
        expect(Object.keys(responses)).toEqual(
          expect.arrayContaining(['202', '400', '404', '409', '413', '415', '504']),
        );
      }
    }
  });

  it('has examples that match their schemas', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'openapi', components: document.components });
    for (const [name, operation] of operations) {
      const parts = [operation.requestBody, ...Object.values(operation.responses)];
      const contents = parts.flatMap((part) => Object.values(part?.content ?? {}));
      for (const content of contents) {
        const validate = ajv.getSchema(`openapi${content.schema?.$ref ?? '#/none'}`);
        expect([name, content.schema?.$ref, typeof validate]).toEqual([name, content.schema?.$ref, 'function']);
        for (const example of examplesOf(content)) {
          void validate?.(example);
          expect([name, example, validate?.errors ?? null]).toEqual([name, example, null]);
        }
      }
    }
  });

  it('asks for both kinds of credentials, but not for a token', () => {
    expect(document.security).toEqual([{ clientId: [], clientSecret: [] }, { bearer: [] }]);
    expect(Object.keys(document.components.securitySchemes)).toEqual(
      expect.arrayContaining(['clientId', 'clientSecret', 'bearer']),
    );
    expect(document.paths['/oauth2/token']?.['post']?.security).toEqual([]);
  });

  it('is shown by Swagger UI from files of this process', async () => {
    const page = await send(`${gateway.url}/docs`, 'GET', {});
    expect(page).toMatchObject({ status: 200, body: expect.stringContaining('Simyard API') });
    const links = [...String(page.body).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link ?? '');
    expect(links.length).toBeGreaterThan(2);
    for (const link of links) {
      expect(link).not.toMatch(/^(https?:)?\/\//);
      expect(await send(new URL(link, `${gateway.url}/docs`).href, 'GET', {})).toMatchObject({ status: 200 });
    }
  });
});

function bodiesOf(content: Record<string, Content> = {}): unknown[] {
  return Object.values(content).flatMap(examplesOf);
}

function examplesOf({ example, examples = {} }: Content): unknown[] {
  return [...(example === undefined ? [] : [example]), ...Object.values(examples).map(({ value }) => value)];
}
