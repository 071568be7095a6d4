/** Something that runs until it is ended. */
export interface Part {
  end: () => Promise<void> | void;
  /** Ends it at once, for who cannot wait. */
  kill?: () => Promise<void> | void;
}

/** What a run has brought up, to be ended in reverse order. */
export interface Shutdown {
  /** Whether there is something to end. */
  pending(): boolean;
  add(part: Part): void;
  /** Ends all parts one after the other, the last first; a part that fails does not keep the others. */
  end(): Promise<void>;
  kill(): Promise<void>;
}

export function createShutdown(onError: (error: unknown) => void): Shutdown {
  const parts: Part[] = [];
  return {
    pending: () => parts.length > 0,
    add: (part) => void parts.push(part),
    async end() {
      for (const part of parts.toReversed()) {
        try {
          await part.end();
        } catch (error) {
          onError(error);
        }
      }
    },
    async kill() {
      await Promise.allSettled(parts.map(async (part) => part.kill?.()));
    },
  };
}
