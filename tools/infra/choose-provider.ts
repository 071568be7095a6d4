import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import type { ProviderKind } from './infrastructure.js';

export interface ProviderEnvironment {
  readonly SIMYARD_INFRA?: string | undefined;
  readonly KAFKA_BROKERS?: string | undefined;
  readonly DATABASE_URL?: string | undefined;
  readonly DWH_DATABASE_URL?: string | undefined;
  readonly DOCKER_HOST?: string | undefined;
  /** where embedded servers find `initdb` and `postgres`, instead of the npm package */
  readonly SIMYARD_POSTGRES_BIN?: string | undefined;
}

const kinds: readonly ProviderKind[] = ['external', 'testcontainers', 'embedded'];

const isKind = (value: string): value is ProviderKind => (kinds as readonly string[]).includes(value);

/**
 * Addresses in the environment win, then a Docker engine that answers, then servers of our own.
 * @throws Error when SIMYARD_INFRA is unknown, or only one of the two addresses is set.
 */
export async function chooseProvider(
  env: ProviderEnvironment,
  dockerAnswers: () => Promise<boolean>,
): Promise<ProviderKind> {
  const forced = env.SIMYARD_INFRA;
  if (forced) {
    if (!isKind(forced)) throw new Error(`SIMYARD_INFRA=${forced} is unknown; use one of ${kinds.join(', ')}`);
    return forced;
  }
  if (env.KAFKA_BROKERS && env.DATABASE_URL) return 'external';
  if (env.KAFKA_BROKERS || env.DATABASE_URL) {
    throw new Error('Set both KAFKA_BROKERS and DATABASE_URL to use servers of your own, or neither');
  }
  return (await dockerAnswers()) ? 'testcontainers' : 'embedded';
}

const dockerSockets = [
  '/var/run/docker.sock',
  `${homedir()}/.docker/run/docker.sock`,
  `${homedir()}/.colima/default/docker.sock`,
];

/** Whether a container engine answers. Looks for a socket first: loading testcontainers takes about a second. */
export async function dockerAnswers(env: ProviderEnvironment): Promise<boolean> {
  if (!env.DOCKER_HOST && !dockerSockets.some((path) => existsSync(path))) return false;
  const { getContainerRuntimeClient } = await import('testcontainers');
  return getContainerRuntimeClient().then(
    () => true,
    () => false,
  );
}
