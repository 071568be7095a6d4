import type { CommandName } from '#libs/contracts';

/** Commands that have a route of the OCS facade. */
export const ocsCommands = [
  'CreateSubscriber',
  'ChangeSubscriberStatus',
  'CreateSubscriberResource',
  'DeleteSubscriberResource',
  'SwapSubscriberResource',
] as const satisfies CommandName[];
export type OcsCommand = (typeof ocsCommands)[number];
