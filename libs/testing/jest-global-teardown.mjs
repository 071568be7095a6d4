export default async function tearDown() {
  await globalThis.simyardTestRun?.stop();
}
