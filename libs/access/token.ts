import { hkdfSync } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';

/** Life of a bearer token in seconds. */
export const tokenLifetimeS = 3600;

const issuer = 'simyard';
const algorithm = 'HS256';

export interface TokenClaims {
  clientId: string;
  /** scopes the token was issued with, at most the client's own */
  scopes: string[];
}

/** A signing key of its own: tokens and stored secrets must not share one. */
export const tokenKey = (pepper: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', pepper, '', 'simyard access token v1', 32));

export function signToken(key: Uint8Array, claims: TokenClaims): Promise<string> {
  return new SignJWT({ scope: claims.scopes.join(' ') })
    .setProtectedHeader({ alg: algorithm, typ: 'at+jwt' })
    .setSubject(claims.clientId)
    .setIssuer(issuer)
    .setAudience(issuer)
    .setIssuedAt()
    .setExpirationTime(`${tokenLifetimeS}s`)
    .sign(key);
}

/** Returns nothing for a token that is forged, expired or not one of ours. */
export async function readToken(key: Uint8Array, token: string): Promise<TokenClaims | undefined> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [algorithm],
      typ: 'at+jwt',
      issuer,
      audience: issuer,
      requiredClaims: ['sub', 'exp', 'scope'],
    });
    const scope = typeof payload['scope'] === 'string' ? payload['scope'] : '';
    return { clientId: payload.sub ?? '', scopes: scope.split(' ').filter((name) => name !== '') };
  } catch {
    return undefined;
  }
}
