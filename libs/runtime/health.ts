export interface HealthReport {
  ready: boolean;
  checks: Record<string, 'up' | 'down'>;
}

type Check = () => boolean | Promise<boolean>;

/** What readyz and livez ask. Components register their checks; draining turns readiness off for good. */
export class Health {
  private readonly readiness = new Map<string, Check>();
  private readonly liveness = new Map<string, Check>();
  private readonly shown = new Map<string, Check>();
  private isDraining = false;

  get draining(): boolean {
    return this.isDraining;
  }

  drain(): void {
    this.isDraining = true;
  }

  /** The service can do its work: Postgres answers, the consumer group is joined. */
  ready(name: string, check: Check): void {
    this.readiness.set(name, check);
  }

  /** Told by readyz without an effect on its answer: the service does its work without this, for a while. */
  show(name: string, check: Check): void {
    this.shown.set(name, check);
  }

  /** The process can still come to life by itself; false means: restart it. What is away outside is no reason. */
  alive(name: string, check: Check): void {
    this.liveness.set(name, check);
  }

  async readyReport(): Promise<HealthReport> {
    const [{ ready, checks }, shown] = await Promise.all([ask(this.readiness), ask(this.shown)]);
    const all = { ...checks, ...shown.checks };
    return this.isDraining ? { ready: false, checks: { ...all, draining: 'down' } } : { ready, checks: all };
  }

  aliveReport(): Promise<HealthReport> {
    return ask(this.liveness);
  }
}

async function ask(checks: Map<string, Check>): Promise<HealthReport> {
  const entries = await Promise.all(
    [...checks].map(async ([name, check]) => [name, (await passes(check)) ? 'up' : 'down'] as const),
  );
  return { ready: entries.every(([, state]) => state === 'up'), checks: Object.fromEntries(entries) };
}

async function passes(check: Check): Promise<boolean> {
  try {
    return await check();
  } catch {
    return false;
  }
}
