import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { SimyardError } from '#libs/errors';
import type { UrlGuard } from './url-guard.js';

/** All addresses of a host name; rejects when there are none. */
export type Resolve = (hostname: string) => Promise<string[]>;

export const resolveByDns: Resolve = async (hostname) =>
  (await lookup(hostname, { all: true })).map(({ address }) => address);

const longestUrl = 2048;
const longestLookUpMs = 3000;

/**
 * The URL that a caller wants to be called back at. Throws CALLBACK_URL_REFUSED that names `field`, also when the host
 * has no address now. Deliveries check again, at the moment they connect: the answer of DNS may be another one then.
 */
export async function checkCallbackUrl(guard: UrlGuard, resolve: Resolve, field: string, text: string): Promise<URL> {
  const url = text.length <= longestUrl && URL.canParse(text) ? new URL(text) : undefined;
  const problem = url ? (guard.problemOf(url) ?? (await problemOfHost(guard, resolve, url))) : 'is not a URL';
  if (url && problem === undefined) return url;
  throw refusedUrl(field, problem ?? '');
}

export const refusedUrl = (field: string, problem: string): SimyardError =>
  new SimyardError('CALLBACK_URL_REFUSED', { details: { problems: [{ field, problem: `${field} ${problem}` }] } });

async function problemOfHost(guard: UrlGuard, resolve: Resolve, url: URL): Promise<string | undefined> {
  if (url.hostname.startsWith('[') || isIP(url.hostname) !== 0 || guard.trusts(url.hostname, url.port))
    return undefined;
  const addresses = await inTime(resolve(url.hostname)).catch((): string[] => []);
  if (addresses.length === 0) return 'has a host that is not known';
  return addresses.every((address) => guard.allowsAddress(address))
    ? undefined
    : 'leads to an address that is not public';
}

async function inTime(addresses: Promise<string[]>): Promise<string[]> {
  const { promise: none, resolve: end } = Promise.withResolvers<string[]>();
  const timer = setTimeout(end, longestLookUpMs, []);
  try {
    return await Promise.race([addresses, none]);
  } finally {
    clearTimeout(timer);
  }
}
