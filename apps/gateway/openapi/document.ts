import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { componentSchemas } from './schemas.js';

const description = `Connectivity management for SIM fleets. Every route but \`POST /oauth2/token\` needs credentials: the
headers \`client_id\` and \`client_secret\`, or a bearer token. A client sees its own account's tree; anything else answers
as if it did not exist.

\`X-Correlation-ID\` (printable ASCII, up to 255 characters) is followed through the system and echoed; one is made where
it is missing or unusable. A write is answered when its command has ended, or with 202 and its operation; floLIVE's at
once, with the id of a call. A repeated \`requestId\`, or \`Idempotency-Key\`, with the same request gets the stored answer.`;

/** The OpenAPI 3.1 description of all routes of the application. */
export function buildOpenApi(app: NestFastifyApplication): OpenAPIObject {
  const base = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Simyard')
    .setDescription(description)
    .setVersion('1.0')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'client_id' }, 'clientId')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'client_secret' }, 'clientSecret')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'from POST /oauth2/token' },
      'bearer',
    )
    .addSecurityRequirements({ clientId: [], clientSecret: [] })
    .addSecurityRequirements('bearer')
    .build();
  const document = SwaggerModule.createDocument(app, base);
  return {
    ...document,
    components: {
      ...document.components,
      schemas: componentSchemas(),
    },
  };
}

/** /openapi.json, and Swagger UI at /docs, whose files come from this process. */
export function serveOpenApi(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => buildOpenApi(app), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Simyard API',
  });
}
