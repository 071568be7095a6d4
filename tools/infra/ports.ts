import { createHash } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ephemeral range of Linux and macOS, on purpose. A client that keeps dialling a stopped server's port inside
 * that range may be given the same number as its own local port, connect to itself and so keep the server from binding.
 */
const firstPort = 20_000;
const portCount = 10_000;

/** Free loopback ports. The search starts at a place of its own per seed, so that a data directory tends to keep its ports. */
export async function findFreePorts(seed: string, count: number): Promise<number[]> {
  const start = createHash('sha256').update(seed).digest().readUInt32BE(0);
  const found: number[] = [];
  for (let offset = 0; offset < portCount && found.length < count; offset++) {
    const port = firstPort + ((start + offset) % portCount);
    if (await isFree(port)) found.push(port);
  }
  if (found.length < count) throw new Error(`No free port between ${firstPort} and ${firstPort + portCount}`);
  return found;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
