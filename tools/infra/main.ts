import { once } from 'node:events';
import { join } from 'node:path';
import { projectDir } from './project-dir.js';
import { startInfrastructure } from './start-infrastructure.js';

/** Infrastructure for a developer's test loop: prints the line that makes test runs share it, and stays until Ctrl-C. */
async function main(): Promise<void> {
  const infrastructure = await startInfrastructure({
    dataDir: join(projectDir, '.simyard/data/test-infra'),
    persistent: false,
    log: (line) => console.error(`infra: ${line}`),
  });
  const { kind, kafkaBrokers, databaseUrl, dwhDatabaseUrl } = infrastructure;
  console.log(`export SIMYARD_TEST_INFRA='${JSON.stringify({ kind, kafkaBrokers, databaseUrl, dwhDatabaseUrl })}'`);
  await untilToldToStop();
  await infrastructure.stop();
}

/** A signal, or the end of tools/setup.mjs, which started us. */
async function untilToldToStop(): Promise<void> {
  // A pending promise alone keeps no process alive.
  const awake = setInterval(() => undefined, 60_000);
  await Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'].map((event) => once(process, event)));
  clearInterval(awake);
}

await main().then(
  // The channel to tools/setup.mjs is open as long as somebody listens to it.
  () => process.exit(0),
  (error: unknown) => {
    console.error(`infra: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  },
);
