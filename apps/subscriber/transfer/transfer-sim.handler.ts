import type { CommandData } from '#libs/contracts';
import type { CommandHandler } from '#libs/transactions';
import { changeSims, type SimChangeSources } from '../platform/change-sims.js';
import { decideTransfer } from './decide-transfer.js';

/** Gives subscribers and their SIMs to other accounts of their tenants. */
export const transferSims = (sources: SimChangeSources): CommandHandler<CommandData<'TransferSim'>> =>
  changeSims(sources, {
    decide: decideTransfer,
    want: (wanted, { accountId }) => {
      if (accountId !== undefined) wanted.accountIds.add(accountId);
    },
  });
