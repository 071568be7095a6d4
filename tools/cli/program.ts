import { Command } from 'commander';
import { addAccountCommands } from './account-commands.js';
import { addBulkCommands } from './bulk-commands.js';
import { addBusinessUnitCommands } from './business-unit-commands.js';
import { addClientCommands } from './client-commands.js';
import { addDeadLetterCommands } from './dead-letter-commands.js';
import { exitCodesHelp } from './exit-codes.js';
import { addLockCommands } from './lock-commands.js';
import { addOfferCommands } from './offer-commands.js';
import { addOperationCommands } from './operation-commands.js';
import { addPlatformCommands } from './platform-commands.js';
import { programName } from './program-name.js';

/** Throws CommanderError where it would else end the process. */
export function createProgram(): Command {
  const program = new Command(programName).description('Simyard from the command line');
  program.addHelpText('after', exitCodesHelp).showHelpAfterError(`Usage: ${programName} <command> --help`);
  // Before the commands are added: each copies it from its parent.
  program.exitOverride();
  addBulkCommands(program);
  addOperationCommands(program);
  addLockCommands(program);
  addPlatformCommands(program);
  addOfferCommands(program);
  addAccountCommands(program);
  addBusinessUnitCommands(program);
  addClientCommands(program);
  addDeadLetterCommands(program);
  return program;
}
