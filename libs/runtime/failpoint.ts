const remainingHits = new Map<string, number>();

/** Arms failpoints from a list such as `after-claim:3,before-commit:10`; an empty list disarms all. */
export function setFailpoints(list: string): void {
  remainingHits.clear();
  for (const entry of list.split(',').filter((part) => part !== '')) {
    const [name = '', hits = '1'] = entry.split(':');
    remainingHits.set(name, Number(hits));
  }
}

/** Ends the process as `kill -9` would when an armed point has been passed often enough; costs a map look-up otherwise. */
export function failpoint(name: string): void {
  if (remainingHits.size === 0) return;
  const hits = remainingHits.get(name);
  if (hits === undefined) return;
  if (hits <= 1) process.kill(process.pid, 'SIGKILL');
  remainingHits.set(name, hits - 1);
}
