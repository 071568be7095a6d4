import { applyDecorators, HttpStatus } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { schemaRef } from '../openapi/describe.js';

const request = { grant_type: 'client_credentials', client_id: '8f2d…', client_secret: 'k3J…' };

const answer = (status: HttpStatus, description: string, schema: string, example: unknown): MethodDecorator =>
  ApiResponse({ status, description, content: { 'application/json': { schema: schemaRef(schema), example } } });

const refusal = (status: HttpStatus, description: string, error: string): MethodDecorator =>
  answer(status, description, 'TokenError', { error, error_description: description });

/** Describes the token route to OpenAPI. */
export const DescribeToken = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      operationId: 'issueToken',
      summary: 'Get a bearer token',
      description:
        'OAuth 2.0 client credentials (RFC 6749, 4.4), as a form or JSON. The credentials may come by HTTP Basic instead.',
      security: [],
    }),
    ApiConsumes('application/x-www-form-urlencoded', 'application/json'),
    ApiBody({ required: true, schema: schemaRef('TokenRequest'), examples: { example: { value: request } } }),
    answer(HttpStatus.OK, 'A token for an hour', 'Token', {
      access_token: 'eyJ…',
      token_type: 'Bearer',
      expires_in: 3600,
      scope: '',
    }),
    refusal(HttpStatus.BAD_REQUEST, 'invalid_request, unsupported_grant_type or invalid_scope', 'invalid_request'),
    refusal(HttpStatus.UNAUTHORIZED, 'The client is unknown or its secret is wrong.', 'invalid_client'),
    refusal(HttpStatus.PAYLOAD_TOO_LARGE, 'The body is too large.', 'invalid_request'),
    refusal(HttpStatus.UNSUPPORTED_MEDIA_TYPE, 'The content type is not supported.', 'invalid_request'),
    refusal(HttpStatus.SERVICE_UNAVAILABLE, 'PostgreSQL cannot be reached.', 'temporarily_unavailable'),
  );
