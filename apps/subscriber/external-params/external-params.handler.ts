import type { CommandData } from '#libs/contracts';
import { lockExternalParams, writeExternalParams, type ExternalParamView, type WantedParam } from '#libs/inventory';
import type { Command, CommandHandler, Decision } from '#libs/transactions';
import { decideCreateParam } from './decide-create-param.js';
import { decideDeleteParam } from './decide-delete-param.js';
import { decideModifyParam } from './decide-modify-param.js';

/** Handles commands on accounts' external parameters; each command sees what those before it did. */
const underAccounts =
  <Data extends WantedParam>(
    decide: (view: ExternalParamView, command: Command<Data>) => Decision,
  ): CommandHandler<Data> =>
  async (commands, context) => {
    const view = await lockExternalParams(
      context,
      commands.map(({ data }) => data),
    );
    const decisions = commands.map((command) => decide(view, command));
    await writeExternalParams(context.tx, view);
    return decisions;
  };

export const createExternalParams = underAccounts<CommandData<'CreateExternalParam'>>(decideCreateParam);
export const modifyExternalParams = underAccounts<CommandData<'ModifyExternalParam'>>(decideModifyParam);
export const deleteExternalParams = underAccounts<CommandData<'DeleteExternalParam'>>(decideDeleteParam);
