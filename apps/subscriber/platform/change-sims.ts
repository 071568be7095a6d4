import {
  lockInventory,
  wantNothing,
  wantSubscriber,
  writeInventory,
  type InventoryView,
  type Reference,
  type ResourceTypeSource,
  type Wanted,
} from '#libs/inventory';
import type { Platforms } from '#libs/platforms';
import type { Tx } from '#libs/postgres';
import type { Command, CommandHandler, Decision } from '#libs/transactions';
import type { Routing } from './ask-platform.js';
import { holdSubscribers } from './hold-subscribers.js';

/** What commands on SIMs need to know beside the SIMs, and how long a platform may take, in ms. */
export interface SimChangeSources {
  types: ResourceTypeSource;
  platforms: (tx: Tx) => Promise<Platforms>;
  operationDeadlineMs: number;
}

/** How commands of one type are decided, and what they name beside their subscribers. */
export interface SimChangeRule<Data> {
  decide: (view: InventoryView, command: Command<Data>, routing: Routing) => Decision;
  want?: (wanted: Wanted, data: Data) => void;
}

/**
 * Handles commands that change SIMs, at once or by their platforms; each command sees what those before it did, and is
 * refused while one of those goes on.
 */
export const changeSims =
  <Data extends { subscriber?: Reference }>(
    { types, platforms, operationDeadlineMs }: SimChangeSources,
    { decide, want }: SimChangeRule<Data>,
  ): CommandHandler<Data> =>
  async (commands, context) => {
    const { tx } = context;
    const wanted = { ...wantNothing(await types(tx)), sims: true };
    for (const { actor, data } of commands) {
      wantSubscriber(wanted, actor.tenantId, data.subscriber);
      want?.(wanted, data);
    }
    const configured = await platforms(tx);
    const view = await lockInventory(context, wanted);
    const routing = { platforms: configured, deadline: new Date(Date.now() + operationDeadlineMs) };
    const decisions = commands.map((command) => decide(view, command, routing));
    await writeInventory(tx, view);
    return holdSubscribers(tx, view, commands, decisions);
  };
