import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePorts } from '../infra/ports.js';
import { keepRunning, serviceEnvironment, type ServiceName, type StackAddresses } from '../stack/index.js';
import type { Home } from './home.js';
import { poll } from './poll.js';
import type { Part } from './shutdown.js';

/** In the order in which they end: first who takes work in, then who stores what the others did, last whom they call. */
const endingOrder: ServiceName[][] = [
  ['gateway'],
  ['bulk-jobs'],
  ['subscriber', 'resource-swap'],
  ['platform-connector'],
  ['monitor'],
  ['dwh-sink'],
  ['platform-simulator'],
];
export const serviceNames = endingOrder.flat();

const readyTimeoutMs = 120_000;
const tailLines = 15;

export type ServiceUrls = Record<ServiceName, string>;

export interface ServicesOptions {
  home: Home;
  addresses: StackAddresses;
  /** Handed to every service. */
  settings: Record<string, string>;
  urls: ServiceUrls;
  onPid: (service: ServiceName, pid: number) => void;
  say: (line: string) => void;
  onGivenUp: (error: Error) => void;
}

/** A URL per service: ports of the environment, else free ones, which stay the same as long as nobody else takes them. */
export async function chooseUrls(home: Home, env: NodeJS.ProcessEnv): Promise<ServiceUrls> {
  const free = await findFreePorts(home.run, serviceNames.length);
  const asked: Partial<Record<ServiceName, string | undefined>> = {
    gateway: env['SIMYARD_GATEWAY_PORT'],
    'dwh-sink': env['SIMYARD_DWH_PORT'],
  };
  const urls = serviceNames.map(
    (name, index) => [name, `http://127.0.0.1:${asked[name] ?? free[index] ?? 0}`] as const,
  );
  return Object.fromEntries(urls) as ServiceUrls;
}

/** Starts all services at once; each is kept running until the part ends. */
export async function startServices(options: ServicesOptions): Promise<Part> {
  await rm(options.home.logs, { recursive: true, force: true });
  const kept = new Map(
    await Promise.all(serviceNames.map(async (name) => [name, await keepService(name, options)] as const)),
  );
  return {
    end: async () => {
      for (const names of endingOrder) await Promise.all(names.map(async (name) => kept.get(name)?.stop()));
    },
    kill: async () => {
      await Promise.all(Array.from(kept.values(), (service) => service.kill()));
    },
  };
}

function keepService(name: ServiceName, { home, addresses, settings, urls, onPid, say, onGivenUp }: ServicesOptions) {
  const logFile = join(home.logs, `${name}.log`);
  return keepRunning({
    name,
    logFile,
    environment: {
      ...settings,
      ...serviceEnvironment(addresses),
      SIMYARD_CALLBACK_BASE_URL: urls.gateway,
      SIMYARD_HTTP_PORT: new URL(urls[name]).port,
    },
    onPid: (pid) => onPid(name, pid),
    onRestart: say,
    onGivenUp: () => {
      void tailOf(logFile).then((tail) => onGivenUp(new Error(`${name} died five times in a minute; ${tail}`)));
    },
  });
}

async function tailOf(logFile: string): Promise<string> {
  const log = await readFile(logFile, 'utf8').catch(() => '');
  return [`the end of ${logFile}:`, ...log.trimEnd().split('\n').slice(-tailLines)].join('\n');
}

/** Resolves when every service says that it is ready: its database answers, its consumers have joined. */
export async function untilReady(urls: ServiceUrls, home: Home, signal: AbortSignal): Promise<void> {
  const options = { signal, timeoutMs: readyTimeoutMs, intervalMs: 50 };
  await Promise.all(
    Object.entries(urls).map(([name, url]) =>
      poll(`${name} is not ready; see ${home.logs}/${name}.log`, () => isReady(url), options),
    ),
  );
}

/** Undefined while the service does not say so, or does not answer. */
export async function isReady(url: string): Promise<true | undefined> {
  const response = await fetch(`${url}/readyz`).catch(() => undefined);
  await response?.body?.cancel();
  return response?.ok ? true : undefined;
}
