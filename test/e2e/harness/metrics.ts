/** Sum of a metric's samples over its labels at one service; 0 when it has none. */
export async function readMetric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

export interface CounterWatch {
  /** Takes a process into the sum; its count is kept after its end. */
  add(url: string): void;
  /** Sum over all processes, as last seen. */
  total(): number;
  stop(): void;
}

/** Follows a counter over processes that come and go. */
export function watchCounter(name: string): CounterWatch {
  const counts = new Map<string, number>();
  const look = (url: string): void => {
    readMetric(url, name).then(
      (count) => counts.set(url, Math.max(count, counts.get(url) ?? 0)),
      () => undefined,
    );
  };
  const timer = setInterval(() => [...counts.keys()].forEach(look), 200);
  return {
    add: (url) => void counts.set(url, 0),
    total: () => [...counts.values()].reduce((sum, count) => sum + count, 0),
    stop: () => clearInterval(timer),
  };
}
