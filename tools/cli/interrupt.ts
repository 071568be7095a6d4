/**
 * Runs work that Ctrl-C should end in words instead of with the process. A second Ctrl-C means the same: a terminal sends one
 * to every process of the group, and whoever started us passes its own on.
 */
export async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort();
  process.on('SIGINT', interrupt);
  try {
    return await work(interrupted.signal);
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
}
