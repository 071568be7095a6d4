import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { SimyardError } from '#libs/errors';

/**
 * Which URLs Simyard calls for others. A caller must not reach through it what only its own network can: https to public
 * addresses alone, unless an operator allows more.
 */
export interface UrlGuard {
  /** Why the URL is refused, as far as it tells without a look-up of its host; undefined when it is not. */
  problemOf(url: URL): string | undefined;
  /** The operator has named this host: its addresses are not looked at. `port` is empty for the scheme's own. */
  trusts(hostname: string, port: string): boolean;
  /** Whether a connection to this address, of a host that is not trusted, is allowed. */
  allowsAddress(address: string): boolean;
}

type Address = ReturnType<typeof ipaddr.parse>;
type Network = ReturnType<typeof ipaddr.parseCIDR>;

interface HostPattern {
  /** in lower case; `*.` at its start stands for any names below */
  host: string;
  /** any when empty */
  port: string;
}

/** Global unicast; all else of IPv6 is reserved or leads somewhere by its own rules. */
const publicIpv6: Network = ipaddr.parseCIDR('2000::/3');

/**
 * The guard that allows, beside public https, what `allow` names: networks (`10.0.0.0/8`) and hosts with or without port
 * (`localhost`, `*.dev.example:8443`). Throws CONFIGURATION_INVALID.
 */
export function createUrlGuard(allow: readonly string[]): UrlGuard {
  const networks = allow.filter((entry) => entry.includes('/')).map(readNetwork);
  const patterns = allow.filter((entry) => !entry.includes('/')).map(readPattern);
  const trusts = (hostname: string, port: string): boolean =>
    patterns.some((pattern) => matches(pattern, bare(hostname), port));
  const inNetworks = (address: Address): boolean => networks.some((network) => contains(network, address));
  const allowsAddress = (text: string): boolean => {
    const address = readAddress(text);
    return address !== undefined && (isPublic(address) || inNetworks(address));
  };
  const isNamedAddress = (hostname: string): boolean => {
    const address = readAddress(bare(hostname));
    return address !== undefined && inNetworks(address);
  };
  return {
    trusts,
    allowsAddress,
    problemOf: ({ protocol, username, password, hostname, port, hash }) => {
      if (username !== '' || password !== '') return 'must not have credentials';
      if (hash !== '') return 'must not have a fragment';
      const trusted = trusts(hostname, port);
      const mayBeInTheClear = protocol === 'http:' && (trusted || isNamedAddress(hostname));
      if (protocol !== 'https:' && !mayBeInTheClear) return 'must be an https URL';
      const isAddress = isIP(bare(hostname)) !== 0;
      return isAddress && !trusted && !allowsAddress(bare(hostname))
        ? 'leads to an address that is not public'
        : undefined;
    },
  };
}

/** Without the brackets that URLs put around IPv6. */
const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || contains(publicIpv6, address);
}

function contains(network: Network, address: Address): boolean {
  return network[0].kind() === address.kind() && address.match(network);
}

function readAddress(text: string): Address | undefined {
  // Only what a resolver or a URL gives: ipaddr.js would also take octal and short forms.
  return isIP(text) === 0 ? undefined : ipaddr.parse(text);
}

function readNetwork(entry: string): Network {
  if (!ipaddr.isValidCIDR(entry)) throw invalid(entry);
  return ipaddr.parseCIDR(entry);
}

function readPattern(entry: string): HostPattern {
  const [, host = '', port = ''] = /^((?:\*\.)?[\w.-]+|\[[\da-f:.]+\])(?::(\d{1,5}))?$/i.exec(entry) ?? [];
  if (host === '') throw invalid(entry);
  return { host: bare(host).toLowerCase(), port };
}

function matches(pattern: HostPattern, hostname: string, port: string): boolean {
  if (pattern.port !== '' && pattern.port !== port) return false;
  const suffix = pattern.host.startsWith('*.') ? pattern.host.slice(1) : undefined;
  return suffix === undefined ? hostname === pattern.host : hostname.endsWith(suffix);
}

function invalid(entry: string): SimyardError {
  return new SimyardError('CONFIGURATION_INVALID', {
    message: `SIMYARD_CALLBACK_ALLOW has ${entry}, which is neither a network nor a host.`,
    details: { variable: 'SIMYARD_CALLBACK_ALLOW' },
  });
}
