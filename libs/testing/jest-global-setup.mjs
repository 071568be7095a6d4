/**
 * Native modules, because Jest compiles a global set-up in TypeScript to CommonJS and resolves neither our `#libs/…` nor
 * `.js` for `.ts`. So it uses what is built, and builds first: specs of whole processes need a fresh build anyway.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export default async function setUp() {
  const setup = fileURLToPath(new URL('../../tools/setup.mjs', import.meta.url));
  const { status } = spawnSync(process.execPath, [setup], { stdio: ['ignore', process.stderr, process.stderr] });
  if (status !== 0) throw new Error('tools/setup.mjs failed');
  const { startTestRun } = await import('../../dist/libs/testing/start-test-run.js');
  globalThis.simyardTestRun = await startTestRun();
}
