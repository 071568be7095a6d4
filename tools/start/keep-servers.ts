import { setTimeout as delay } from 'node:timers/promises';
import type { Infrastructure, ServerControl } from '../infra/index.js';
import { countDeaths } from '../stack/index.js';
import type { Part } from './shutdown.js';

const lookMs = 500;

/** Starts embedded servers again when they die, within the same limit as services; those of others are left alone. */
export function keepServers(
  infrastructure: Infrastructure,
  say: (line: string) => void,
  onGivenUp: (error: Error) => void,
): Part {
  const ending = new AbortController();
  const watches = Object.entries({ Kafka: infrastructure.kafka, Postgres: infrastructure.postgres }).map(
    async ([name, server]) => {
      if (server) await watch(name, server, say, ending.signal).catch(onGivenUp);
    },
  );
  return {
    end: async () => {
      ending.abort();
      await Promise.all(watches);
      await infrastructure.stop();
    },
    kill: async () => {
      ending.abort();
      await Promise.all([infrastructure.kafka?.stop('immediate'), infrastructure.postgres?.stop('immediate')]);
    },
  };
}

async function watch(
  name: string,
  server: ServerControl,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const diesTooOften = countDeaths();
  while (!signal.aborted) {
    if (server.pid() === undefined) {
      if (diesTooOften()) throw new Error(`${name} died five times in a minute`);
      say(`${name} died and is started again`);
      await server.start();
      say(`${name} is up again`);
    }
    await delay(lookMs, undefined, { signal }).catch(() => undefined);
  }
}
