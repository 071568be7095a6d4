import { rmSync } from 'node:fs';
import type { CreatedClient } from '#libs/access';
import type { ServiceName, StackAddresses } from '../stack/index.js';
import { serviceEnvironment } from '../stack/index.js';
import { writePrivate, type Home } from './home.js';

/** `.simyard/run/endpoints.json`: what other programs need to use the running system. */
export interface Endpoints {
  gatewayUrl: string;
  dwhUrl: string;
  simulatorUrl: string;
  kafkaBrokers: string[];
  databaseUrl: string;
  dwhDatabaseUrl: string;
  pids: Partial<Record<ServiceName, number>>;
  clients: {
    clientId: string;
    clientSecret: string;
    username: string;
    accountId: string;
    tenant: string;
    businessIds: string[];
    scopes: string[];
  }[];
}

export interface Publication {
  /** Writes both files, and keeps the process ids in them current from now on. */
  publish(endpoints: Omit<Endpoints, 'pids'>, addresses: StackAddresses): void;
  /** Notes a service's process id. */
  pid(service: ServiceName, pid: number): void;
  remove(): void;
}

/** The files of a run, readable by their owner only, as they hold the demo's secrets. */
export function createPublication(home: Home): Publication {
  const pids: Endpoints['pids'] = {};
  let published: Omit<Endpoints, 'pids'> | undefined;
  const write = (): void => {
    if (published) writePrivate(home.endpoints, { ...published, pids } satisfies Endpoints);
  };
  return {
    publish(endpoints, addresses) {
      published = endpoints;
      writePrivate(home.environment, serviceEnvironment(addresses));
      write();
    },
    pid(service, pid) {
      pids[service] = pid;
      write();
    },
    remove() {
      published = undefined;
      for (const file of [home.endpoints, home.environment]) rmSync(file, { force: true });
    },
  };
}

/** A client as other programs see it. */
export const publicClient = (client: CreatedClient): Endpoints['clients'][number] => ({
  clientId: client.clientId,
  clientSecret: client.clientSecret,
  username: client.username,
  accountId: client.accountId,
  tenant: client.tenantId,
  businessIds: client.businessIds,
  scopes: client.scopes,
});
