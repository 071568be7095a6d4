import { Gauge } from '#libs/runtime';

/** Of `pg`'s pool, which counts for itself. */
export interface CountingPool {
  totalCount: number;
  idleCount: number;
  waitingCount: number;
}

const pools = new Map<CountingPool, string>();

new Gauge({
  name: 'simyard_postgres_pool_connections',
  help: 'Connections of a pool: all of them (total), those of no use now (idle), and callers that wait for one (waiting)',
  labelNames: ['pool', 'state'],
  collect() {
    this.reset();
    for (const [{ totalCount, idleCount, waitingCount }, pool] of pools) {
      this.inc({ pool, state: 'total' }, totalCount);
      this.inc({ pool, state: 'idle' }, idleCount);
      this.inc({ pool, state: 'waiting' }, waitingCount);
    }
  },
});

/** Shows a pool in the metrics, under the name of its connections, until the returned function is called. */
export function showPool(pool: CountingPool, name: string): () => void {
  pools.set(pool, name);
  return () => void pools.delete(pool);
}
