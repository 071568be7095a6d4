import type { CommandData } from '#libs/contracts';
import type { ErrorCode } from '#libs/errors';
import type { TestCommand } from './commands.js';

/** What the world looks like when each subscriber has at most one number: subscriber → number and number → subscriber. */
export interface World {
  numbers: Map<string, string>;
  holders: Map<string, string>;
}

/** How a command must end; what can be no command at all fails with the cause of its dead letter. */
export type Expected =
  'COMPLETED' | 'SUBSCRIBER_NOT_FOUND' | 'SWAP_RESOURCE_NOT_FOUND' | 'RESOURCE_IN_USE' | `FAILED ${ErrorCode}`;

export const emptyWorld = (): World => ({ numbers: new Map(), holders: new Map() });

/** Folds a command into the world and returns how it must end. Knows nothing of how it is done. */
export function fold(world: World, command: TestCommand): Expected {
  if (command.name === 'CreateSubscriber') {
    const { externalId, resources } = command.data as unknown as CommandData<'CreateSubscriber'>;
    return give(world, externalId, resources?.[0]?.value ?? '');
  }
  const { subscriber, swapResource, resource } = command.data as unknown as CommandData<'SwapSubscriberResource'>;
  const externalId = subscriber?.externalId ?? '';
  const held = world.numbers.get(externalId);
  if (held === undefined) return 'SUBSCRIBER_NOT_FOUND';
  if (held !== swapResource) return 'SWAP_RESOURCE_NOT_FOUND';
  if (world.holders.has(resource ?? '')) return 'RESOURCE_IN_USE';
  world.holders.delete(held);
  return give(world, externalId, resource ?? '');
}

function give(world: World, externalId: string, number: string): Expected {
  world.numbers.set(externalId, number);
  world.holders.set(number, externalId);
  return 'COMPLETED';
}
