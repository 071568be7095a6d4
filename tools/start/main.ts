import { once } from 'node:events';
import { readArguments, usage, type StartOptions } from './arguments.js';
import { createShutdown } from './shutdown.js';
import { onSignals } from './signals.js';
import { start } from './start.js';
import { createTerminal, type Terminal } from './terminal.js';

/** Exit code of who was interrupted by Ctrl-C, as shells have it. */
const interrupted = 130;

class StopRequested extends Error {}

/** The channel to tools/setup.mjs keeps this process alive, so it always ends by an explicit exit. */
process.exit(await main());

async function main(): Promise<number> {
  let options: StartOptions;
  try {
    options = readArguments(process.argv.slice(2), process.env);
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${usage}`);
    return 2;
  }
  if (!options.help) return run(options, createTerminal());
  console.log(usage);
  return 0;
}

/** Runs until the main job is done or the user stops it, and ends what it has started. Returns the exit code. */
async function run(options: StartOptions, terminal: Terminal): Promise<number> {
  const ending = new AbortController();
  const { signal } = ending;
  const shutdown = createShutdown((error) => terminal.error(messageOf(error)));
  onSignals(
    () => ending.abort(new StopRequested()),
    () => void shutdown.kill().then(() => process.exit(interrupted)),
  );
  let isUp = false;
  let code = 0;
  try {
    await start({ options, terminal, shutdown, env: process.env, signal, fail: (error) => ending.abort(error) });
    isUp = true;
    if (!options.exit) await untilAborted(signal);
    if (signal.aborted) throw signal.reason;
  } catch (error) {
    const reason: unknown = signal.aborted ? signal.reason : error;
    code = reason instanceof StopRequested ? (isUp ? 0 : interrupted) : 1;
    if (code === 1) terminal.error(messageOf(reason));
  }
  if (shutdown.pending()) terminal.line(`\nEnding the services, then Kafka and Postgres…`);
  await shutdown.end();
  return code;
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  // A pending promise alone keeps no process alive.
  const awake = setInterval(() => undefined, 60_000);
  if (!signal.aborted) await once(signal, 'abort');
  clearInterval(awake);
}

/** With its causes: the last one usually says what to do. */
function messageOf(error: unknown): string {
  const messages: string[] = [];
  for (let each = error; each instanceof Error; each = each.cause) messages.push(each.message);
  return Array.from(new Set(messages)).join('\n  ') || String(error);
}
