import type { ClaimWish } from '#libs/callbacks';

export interface HostLimits {
  /** attempts under way in this process */
  all: number;
  perHost: number;
}

/** Attempts under way by host. */
export interface Hosts {
  /** what may be claimed now */
  wish(): Omit<ClaimWish, 'leaseMs'>;
  entered(hosts: string[]): void;
  /** `answered`: it has said something, be it that it failed */
  left(host: string, answered: boolean): void;
}

/** Who is forgotten is found out again. */
const mostSilent = 1000;

/**
 * Shares the attempts of this process between hosts. One that did not answer gets a single attempt at a time until it does:
 * many that are down must not take all there are, each for as long as a time-out.
 */
export function createHosts({ all, perHost }: HostLimits): Hosts {
  const inFlight = new Map<string, number>();
  const silent = new Set<string>();
  let total = 0;
  let afterHost = '';

  const roomOf = (host: string): number => Math.max(0, (silent.has(host) ? 1 : perHost) - (inFlight.get(host) ?? 0));
  return {
    wish: () => {
      const known = new Set([...inFlight.keys(), ...silent]);
      const room = new Map([...known].map((host) => [host, roomOf(host)]));
      return { limit: all - total, perHost, room, afterHost };
    },
    entered: (hosts) => {
      for (const host of hosts) inFlight.set(host, (inFlight.get(host) ?? 0) + 1);
      total += hosts.length;
      // Where there was more than room, the next claim goes on from here; else it begins again.
      afterHost = total >= all ? (hosts.toSorted().at(-1) ?? '') : '';
    },
    left: (host, answered) => {
      total -= 1;
      const others = (inFlight.get(host) ?? 1) - 1;
      if (others > 0) inFlight.set(host, others);
      else inFlight.delete(host);
      if (answered) silent.delete(host);
      else silent.add(host);
      if (silent.size > mostSilent) silent.clear();
    },
  };
}
