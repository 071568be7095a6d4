import { chooseProvider, dockerAnswers, type ProviderEnvironment } from './choose-provider.js';
import { startContainers } from './containers.js';
import { startEmbedded } from './embedded.js';
import { useExternal } from './external.js';
import type { Infrastructure, InfrastructureOptions } from './infrastructure.js';

/**
 * Brings up Kafka and Postgres, or takes those of the environment. Resolves when both answer.
 * @throws Error whose message says in one line what is missing.
 */
export async function startInfrastructure(
  options: InfrastructureOptions,
  env: ProviderEnvironment = process.env,
): Promise<Infrastructure> {
  switch (options.provider ?? (await chooseProvider(env, () => dockerAnswers(env)))) {
    case 'external':
      return useExternal(env, options.log);
    case 'testcontainers':
      return startContainers(options.log);
    case 'embedded':
      return startEmbedded(options, env.SIMYARD_POSTGRES_BIN);
  }
}
