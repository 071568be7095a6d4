import { Command, CommanderError } from 'commander';
import { asSimyardError } from '#libs/errors';
import { addAccountCommands } from './account-commands.js';
import { addClientCommands } from './client-commands.js';
import { addDeadLetterCommands } from './dead-letter-commands.js';
import { addOperationCommands } from './operation-commands.js';
import { note } from './output.js';

const failed = 1;
const misused = 2;

/** `npm run cli -- <command>`: data on standard output, all else on standard error. Exits with 1 on an error, 2 on misuse. */
async function main(): Promise<number> {
  const program = new Command('npm run cli --').description('Simyard from the command line').showHelpAfterError();
  // Before the commands are added: each copies it from its parent.
  program.exitOverride();
  addAccountCommands(program);
  addClientCommands(program);
  addOperationCommands(program);
  addDeadLetterCommands(program);
  try {
    await program.parseAsync();
    return 0;
  } catch (error) {
    // Commander has said what is wrong, or was asked for help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : misused;
    const { code, message, cause } = asSimyardError(error);
    note(`${code}: ${message}${cause instanceof Error ? ` (${cause.message})` : ''}`);
    return failed;
  }
}

process.exitCode = await main();
