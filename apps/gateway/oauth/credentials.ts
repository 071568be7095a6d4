import { textProblem } from '../http/request-bodies.js';

/** A token request as RFC 6749 words it, or the error it is answered with. */
export type TokenRequest =
  | { clientId: string; clientSecret: string; scopes: string[] | undefined; basic: boolean }
  | { error: 'invalid_request' | 'invalid_client' | 'unsupported_grant_type'; description: string; basic: boolean };

/**
 * Reads a request of RFC 6749, 4.4, from a form or from JSON: the client's credentials come by HTTP Basic or in the
 * body, but not both ways. Pure.
 */
export function readTokenRequest(body: unknown, authorization: string | undefined): TokenRequest {
  const basic = /^basic\b/i.test(authorization ?? '');
  const parameters = textParameters(body);
  if (parameters === undefined) {
    return { error: 'invalid_request', description: 'The body must have text parameters, each once.', basic };
  }
  const { grant_type: grantType, scope } = parameters;
  if (grantType === undefined) return { error: 'invalid_request', description: 'grant_type is missing.', basic };
  if (grantType !== 'client_credentials') {
    return { error: 'unsupported_grant_type', description: 'grant_type must be client_credentials.', basic };
  }
  const inBody = parameters['client_id'] !== undefined || parameters['client_secret'] !== undefined;
  if (basic && inBody) {
    return { error: 'invalid_request', description: 'Credentials must be given one way only.', basic };
  }
  const credentials = basic ? basicCredentials(authorization ?? '') : bodyCredentials(parameters);
  if (credentials === undefined) return { error: 'invalid_client', description: 'Credentials are missing.', basic };
  return { ...credentials, scopes: scope?.split(' ').filter((name) => name !== ''), basic };
}

function textParameters(body: unknown): Record<string, string> | undefined {
  if (body === null || typeof body !== 'object' || Array.isArray(body) || textProblem(body, 1)) return undefined;
  const entries = Object.entries(body);
  const areTexts = (all: [string, unknown][]): all is [string, string][] =>
    all.every(([, value]) => typeof value === 'string');
  return areTexts(entries) ? Object.fromEntries(entries) : undefined;
}

interface Credentials {
  clientId: string;
  clientSecret: string;
}

function bodyCredentials(parameters: Record<string, string>): Credentials | undefined {
  const { client_id: clientId, client_secret: clientSecret } = parameters;
  return clientId === undefined || clientSecret === undefined ? undefined : { clientId, clientSecret };
}

/** RFC 6749, 2.3.1: both parts are form-encoded before they are joined. */
function basicCredentials(authorization: string): Credentials | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]+=*) *$/i.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const [clientId, clientSecret] = splitOnce(Buffer.from(encoded, 'base64').toString('utf8'), ':').map(formDecode);
  return clientId === undefined || clientSecret === undefined ? undefined : { clientId, clientSecret };
}

function splitOnce(text: string, separator: string): string[] {
  const index = text.indexOf(separator);
  return index < 0 ? [] : [text.slice(0, index), text.slice(index + separator.length)];
}

function formDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
