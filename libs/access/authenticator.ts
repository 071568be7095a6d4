import { SimyardError } from '#libs/errors';
import type { Tx } from '#libs/postgres';
import type { ApiClient } from './api-client.js';
import { findLiveClient, type StoredClient } from './api-client.sql.js';
import { RecentReads } from './recent-reads.js';
import { secretMatches } from './secret.js';
import { readToken, signToken, tokenKey } from './token.js';

export type RequestHeaders = Record<string, string | string[] | undefined>;

export interface Authenticator {
  /** The client by `client_id` and `client_secret`, or by `Authorization: Bearer`; throws UNAUTHENTICATED. */
  authenticate(headers: RequestHeaders): Promise<ApiClient>;
  /** The client that has this id and secret, if there is one. */
  verify(clientId: string, clientSecret: string): Promise<ApiClient | undefined>;
  /** A bearer token for the client, valid for an hour and as long as the client is. */
  issueToken(client: ApiClient, scopes: string[]): Promise<string>;
}

const longestCredential = 256;
/** What the secret of an unknown client is compared with, so that it takes as long as with a known one. */
const noHash = Buffer.alloc(32);

/** Authenticates API clients of one database. A client is read at most once in 5 s. */
export function createAuthenticator(database: Tx, pepper: string): Authenticator {
  const key = tokenKey(pepper);
  const findClient = rememberingLookUp(database);

  const verify = async (clientId: string, clientSecret: string): Promise<ApiClient | undefined> => {
    const client = await findClient(clientId);
    const matches = secretMatches(pepper, clientSecret, client?.secretHash ?? noHash);
    return client && matches ? publicPart(client) : undefined;
  };

  const byToken = async (authorization: string): Promise<ApiClient | undefined> => {
    const token = /^bearer +([\w.~+/-]+=*) *$/i.exec(authorization)?.[1];
    const claims = token === undefined ? undefined : await readToken(key, token);
    const client = claims && (await findClient(claims.clientId));
    return client && { ...publicPart(client), scopes: client.scopes.filter((scope) => claims.scopes.includes(scope)) };
  };

  const bySecret = (headers: RequestHeaders): Promise<ApiClient | undefined> => {
    const { client_id: clientId, client_secret: clientSecret } = headers;
    if (typeof clientId !== 'string' || typeof clientSecret !== 'string') return Promise.resolve(undefined);
    return verify(clientId, clientSecret);
  };

  return {
    verify,
    issueToken: (client, scopes) => signToken(key, { clientId: client.clientId, scopes }),
    authenticate: async (headers) => {
      const { authorization } = headers;
      const client = await (typeof authorization === 'string' ? byToken(authorization) : bySecret(headers));
      if (!client) throw new SimyardError('UNAUTHENTICATED');
      return client;
    },
  };
}

function rememberingLookUp(database: Tx): (clientId: string) => Promise<StoredClient | undefined> {
  const recent = new RecentReads<StoredClient>();
  return async (clientId) => {
    // Neither can be one of ours, and Postgres refuses a text with a NUL.
    if (clientId.length > longestCredential || clientId.includes('\0')) return undefined;
    const known = recent.get(clientId);
    if (known) return known;
    const readAt = performance.now();
    const client = await findLiveClient(database, clientId);
    if (client) recent.set(clientId, client, readAt);
    return client;
  };
}

function publicPart({ clientId, username, tenantId, accountId, businessIds, scopes }: StoredClient): ApiClient {
  return { clientId, username, tenantId, accountId, businessIds, scopes };
}
