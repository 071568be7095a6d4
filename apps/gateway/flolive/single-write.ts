import { commands, type CommandData, type CommandName } from '#libs/contracts';
import { requestScope } from '#libs/operations';
import type { Write } from '../commands/plan-admission.js';
import type { Origin } from '../http/origin.js';
import { expectStorable, readAs } from '../http/read-request.js';

/** Commands that have a route for one call. */
export const floliveCommands = [
  'ChangeSimStatus',
  'AttachOffer',
  'DetachOffer',
  'CreateExternalParam',
  'ModifyExternalParam',
  'DeleteExternalParam',
] as const satisfies CommandName[];
export type FloliveCommand = (typeof floliveCommands)[number];

/** Deeper than the data of any of these commands. */
const deepest = 4;

/** A single call as it is admitted, from a path and a body; throws REQUEST_INVALID. */
export function singleWrite<N extends FloliveCommand>(
  name: N,
  plain: CommandData<N>,
  orderKey: string,
  { caller, key }: Origin,
): Write {
  expectStorable(plain, deepest);
  return {
    facade: 'flolive',
    name,
    data: readAs<CommandData<FloliveCommand>>(commands[name].dataClass, plain),
    caller,
    key,
    scope: requestScope.facade('flolive', caller.client.clientId),
    orderKey,
    entityRequired: true,
  };
}
