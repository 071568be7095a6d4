import type { CommandData } from '#libs/contracts';
import type { CommandHandler } from '#libs/transactions';
import { changeSims, type SimChangeSources } from '../platform/change-sims.js';
import { decideStatus } from './decide-status.js';

/** Changes subscribers' states, and with them their SIMs'. */
export const changeSubscriberStatus = (
  sources: SimChangeSources,
): CommandHandler<CommandData<'ChangeSubscriberStatus'>> => changeSims(sources, { decide: decideStatus });
