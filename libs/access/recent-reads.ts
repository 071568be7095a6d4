/** Longest time that a service goes by what it read about a client; a revocation acts within it. */
export const maxAgeMs = 5000;

const maxEntries = 10_000;

/** Remembers values for at most 5 s, counted from before they were read. */
export class RecentReads<Value> {
  private readonly entries = new Map<string, { value: Value; readAt: number }>();

  get(key: string): Value | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    if (performance.now() - entry.readAt < maxAgeMs) return entry.value;
    this.entries.delete(key);
    return undefined;
  }

  /** `readAt` is performance.now() before the read was sent */
  set(key: string, value: Value, readAt: number): void {
    if (this.entries.size >= maxEntries) this.entries.clear();
    this.entries.set(key, { value, readAt });
  }
}
