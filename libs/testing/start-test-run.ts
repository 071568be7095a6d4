import { join } from 'node:path';
import { projectDir, startInfrastructure, sweepAbandoned } from '#tools/infra/index';
import { newRunId, publishTestRun, type TestRun } from './run.js';
import { dropTestDatabases } from './databases-of-run.js';

export interface StartedTestRun {
  stop(): Promise<void>;
}

/** Servers that are up already: the line that `npm run test:infra` prints. */
const sharedServers = 'SIMYARD_TEST_INFRA';

/** Once per Jest run, before its workers start: they inherit the addresses by the environment. */
export async function startTestRun(): Promise<StartedTestRun> {
  const id = newRunId();
  const shared = process.env[sharedServers];
  return shared ? shareServers(id, shared) : startServers(id);
}

async function startServers(id: string): Promise<StartedTestRun> {
  const parent = join(projectDir, '.simyard/tmp');
  await sweepAbandoned(parent);
  const infrastructure = await startInfrastructure({
    dataDir: join(parent, `run-${id}`),
    persistent: false,
    log: (line) => console.error(`infra: ${line}`),
  });
  publishTestRun({ id, kafkaBrokers: infrastructure.kafkaBrokers, databaseUrl: infrastructure.databaseUrl });
  return {
    async stop() {
      if (infrastructure.kind === 'external') await dropTestDatabases();
      await infrastructure.stop();
    },
  };
}

function shareServers(id: string, shared: string): StartedTestRun {
  const { kafkaBrokers, databaseUrl } = JSON.parse(shared) as Omit<TestRun, 'id'>;
  publishTestRun({ id, kafkaBrokers, databaseUrl });
  return { stop: dropTestDatabases };
}
