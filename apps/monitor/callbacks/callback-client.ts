import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector, request } from 'undici';
import type { AttemptResult, Resolve, UrlGuard } from '#libs/callbacks';

export interface CallbackClient {
  /** Posts the body once, and tells what came of it; never throws. Delivered is what is answered with 2xx in time. */
  post(url: string, headers: Record<string, string>, body: string): Promise<AttemptResult>;
  close(): Promise<void>;
}

class AddressRefused extends Error {
  readonly code = 'leads to an address that is not public';
}

const longestAnswerBytes = 16_384;
const firstRedirect = 300;
const firstError = 400;

/**
 * Calls receivers over HTTP: each time by a new connection, whose address is checked where it is made, so that an answer of
 * DNS that has changed since does not help; without following redirects, for the same reason.
 */
export function createCallbackClient(guard: UrlGuard, resolve: Resolve, timeoutMs: number): CallbackClient {
  const connectors = { timeout: timeoutMs, allowH2: false };
  const guarded = buildConnector({ ...connectors, lookup: lookUp(resolve, (address) => guard.allowsAddress(address)) });
  const trusted = buildConnector({ ...connectors, lookup: lookUp(resolve, () => true) });
  const agent = new Agent({
    // No connection is kept: its address would be that of an earlier look-up.
    pipelining: 0,
    connect: (options, callback) => {
      (guard.trusts(options.hostname, options.port) ? trusted : guarded)(options, callback);
    },
  });
  return {
    close: () => agent.destroy(),
    post: async (url, headers, body) => {
      const problem = guard.problemOf(new URL(url));
      if (problem !== undefined) return { status: null, error: problem };
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        const answer = await request(url, { method: 'POST', dispatcher: agent, headers, body, signal });
        await answer.body.dump({ limit: longestAnswerBytes, signal }).catch(() => undefined);
        return { status: answer.statusCode, error: problemOfStatus(answer.statusCode) };
      } catch (error) {
        return { status: null, error: signal.aborted ? `no answer within ${timeoutMs} ms` : codeOf(error) };
      }
    },
  };
}

function problemOfStatus(status: number): string | null {
  if (status < firstRedirect) return null;
  return status < firstError ? `HTTP ${status}: redirects are not followed` : `HTTP ${status}`;
}

/** The code alone: a message may have the URL in it. */
function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : 'cannot be called';
}

/** The look-up of a connection: all of a name's addresses, unless one of them is not allowed. */
function lookUp(resolve: Resolve, allows: (address: string) => boolean): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname).then(
      (addresses) => {
        const found = addresses.map((address) => ({ address, family: isIP(address) }));
        const [first] = found;
        if (!first || !addresses.every(allows)) done(new AddressRefused(), '');
        else if (options.all) done(null, found);
        else done(null, first.address, first.family);
      },
      (error: unknown) => {
        done(error instanceof Error ? error : new AddressRefused(), '');
      },
    );
  };
}
