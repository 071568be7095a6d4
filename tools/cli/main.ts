import { Command, CommanderError } from 'commander';
import { addAccountCommands } from './account-commands.js';
import { addBulkCommands } from './bulk-commands.js';
import { asCliError } from './cli-error.js';
import { addClientCommands } from './client-commands.js';
import { addDeadLetterCommands } from './dead-letter-commands.js';
import { exitCodes, exitCodesHelp } from './exit-codes.js';
import { addLockCommands } from './lock-commands.js';
import { addOfferCommands } from './offer-commands.js';
import { addOperationCommands } from './operation-commands.js';
import { note } from './output.js';
import { programName } from './program-name.js';

/** `npm run cli -- <command>`: data on standard output, all else on standard error; exit codes as --help tells them. */
async function main(): Promise<number> {
  const program = new Command(programName).description('Simyard from the command line');
  program.addHelpText('after', exitCodesHelp).showHelpAfterError(`Usage: ${programName} <command> --help`);
  // Before the commands are added: each copies it from its parent.
  program.exitOverride();
  addBulkCommands(program);
  addOperationCommands(program);
  addLockCommands(program);
  addOfferCommands(program);
  addAccountCommands(program);
  addClientCommands(program);
  addDeadLetterCommands(program);
  try {
    await program.parseAsync();
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
