import type { SimyardError } from '#libs/errors';
import type { OperationAnswer } from '#libs/operations';
import type { Admitted } from './admit.js';
import type { Command, Decision } from './command.js';

/**
 * A command with what became of it: a decision, a dry run that would have been done, the answer of the command whose request
 * it repeats, or its dead letter.
 */
export interface Ended {
  incoming: Admitted;
  end:
    | { kind: 'decided'; command: Command; decision: Decision }
    | { kind: 'tried' }
    | { kind: 'answered'; answer: OperationAnswer }
    | { kind: 'same'; first: Ended }
    | { kind: 'dead-lettered'; error: SimyardError; attempts: number };
}
