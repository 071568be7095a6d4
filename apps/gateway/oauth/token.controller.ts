import { Body, Controller, Header, Headers, HttpStatus, Inject, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AUTHENTICATOR, tokenLifetimeS, type ApiClient, type Authenticator } from '#libs/access';
import type { SimyardError } from '#libs/errors';
import { Open } from '#libs/runtime';
import { sendAnswer, type Answer } from '../http/answer.js';
import { httpStatuses } from '../http/http-status.js';
import { NoLock } from '../http/write-route.js';
import { DescribeToken } from './describe-token.js';
import { readTokenRequest } from './credentials.js';

/** OAuth 2.0 client credentials (RFC 6749, 4.4): a bearer token for an hour. */
@ApiTags('OAuth 2.0')
@Open()
@Controller('oauth2')
export class TokenController {
  constructor(@Inject(AUTHENTICATOR) private readonly authenticator: Authenticator) {}

  @Post('token')
  @NoLock('issues a token and changes no entity')
  @DescribeToken()
  @Header('cache-control', 'no-store')
  @Header('pragma', 'no-cache')
  async token(
    @Body() body: unknown,
    @Headers('authorization') authorization: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await sendAnswer(reply, await this.answer(body, authorization));
  }

  private async answer(body: unknown, authorization: string | undefined): Promise<Answer> {
    const request = readTokenRequest(body, authorization);
    if ('error' in request) return refusal(request.error, request.description, request.basic);
    const client = await this.authenticator.verify(request.clientId, request.clientSecret);
    if (!client) return refusal('invalid_client', 'The client is unknown or its secret is wrong.', request.basic);
    const scopes = grantedScopes(client, request.scopes);
    if (!scopes) return refusal('invalid_scope', 'The client does not have this scope.', request.basic);
    return {
      status: HttpStatus.OK,
      body: {
        access_token: await this.authenticator.issueToken(client, scopes),
        token_type: 'Bearer',
        expires_in: tokenLifetimeS,
        scope: scopes.join(' '),
      },
    };
  }
}

/** All of the client's when it asks for none; nothing when it asks for one it does not have. */
function grantedScopes(client: ApiClient, asked: string[] | undefined): string[] | undefined {
  if (asked === undefined || asked.length === 0) return client.scopes;
  return asked.every((scope) => client.scopes.includes(scope)) ? asked : undefined;
}

function refusal(error: string, description: string, basic: boolean): Answer {
  const unknownClient = error === 'invalid_client';
  return {
    status: unknownClient ? HttpStatus.UNAUTHORIZED : HttpStatus.BAD_REQUEST,
    headers: unknownClient && basic ? { 'www-authenticate': 'Basic realm="simyard"' } : {},
    body: { error, error_description: description },
  };
}

/** Errors that the request met before or beside the controller, in RFC 6749's shape. */
export function renderTokenError(error: SimyardError): Answer {
  const status = httpStatuses[error.code];
  const isFault = status >= HttpStatus.INTERNAL_SERVER_ERROR;
  return {
    status,
    headers: { 'cache-control': 'no-store', pragma: 'no-cache' },
    body: { error: isFault ? 'temporarily_unavailable' : 'invalid_request', error_description: error.message },
  };
}
