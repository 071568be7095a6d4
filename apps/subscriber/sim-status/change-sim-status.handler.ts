import type { CommandData } from '#libs/contracts';
import type { CommandHandler } from '#libs/transactions';
import { changeSims, type SimChangeSources } from '../platform/change-sims.js';
import { decideSimStatus } from './decide-sim-status.js';

/** Changes the status of subscribers' SIMs, and with it their states. */
export const changeSimStatuses = (sources: SimChangeSources): CommandHandler<CommandData<'ChangeSimStatus'>> =>
  changeSims(sources, { decide: decideSimStatus });
