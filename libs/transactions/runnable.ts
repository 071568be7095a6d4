import type { Admitted } from './admit.js';
import type { Command } from './command.js';

/** A command that may be handed to its handler. */
export interface Runnable {
  incoming: Admitted;
  command: Command;
  name: string;
  orderKey: string;
}

export const isDryRun = ({ incoming }: Runnable): boolean => incoming.envelope.dryRun === 'true';
