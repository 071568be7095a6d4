/** npm, tools/setup.mjs and the terminal each pass one Ctrl-C on: what comes this soon after the first is its copy. */
const copiesMs = 1000;

/**
 * Calls `stop` at the first Ctrl-C, SIGTERM or SIGHUP, or when tools/setup.mjs, which started us, has gone; and `kill` at
 * a second Ctrl-C or SIGTERM.
 */
export function onSignals(stop: () => void, kill: () => void): void {
  let stoppedAt: number | undefined;
  const first = (): void => {
    if (stoppedAt !== undefined) return;
    stoppedAt = performance.now();
    stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stoppedAt !== undefined && performance.now() > stoppedAt + copiesMs) kill();
      else first();
    });
  }
  process.on('SIGHUP', first);
  process.on('disconnect', first);
}
