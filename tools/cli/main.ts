import { CommanderError } from 'commander';
import { asCliError } from './cli-error.js';
import { exitCodes } from './exit-codes.js';
import { note } from './output.js';
import { createProgram } from './program.js';

/** `npm run cli -- <command>`: data on standard output, all else on standard error; exit codes as --help tells them. */
async function main(): Promise<number> {
  try {
    await createProgram().parseAsync();
    return exitCodes.ok.code;
  } catch (error) {
    // Commander has said what is wrong, or was asked for help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok.code : exitCodes.usage.code;
    if (isClosedPipe(error)) return exitCodes.ok.code;
    const { reason, message } = asCliError(error);
    note(message);
    return exitCodes[reason].code;
  }
}

/** Whoever read our output, as `head` does, has read enough. */
const isClosedPipe = (error: unknown): boolean => error instanceof Error && Reflect.get(error, 'code') === 'EPIPE';

process.stdout.on('error', (error) => {
  if (!isClosedPipe(error)) throw error;
  process.exit(exitCodes.ok.code);
});

process.exitCode = await main();
