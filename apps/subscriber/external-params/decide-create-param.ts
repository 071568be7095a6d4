import type { CommandData } from '#libs/contracts';
import { addParam, paramByName, startPosting, type ExternalParamView } from '#libs/inventory';
import { completed, rejected, type Command, type Decision } from '#libs/transactions';
import { checkAccount } from './check-account.js';

/** Decides a new external parameter of an account and folds it into the view. */
export function decideCreateParam(
  view: ExternalParamView,
  command: Command<CommandData<'CreateExternalParam'>>,
): Decision {
  const { account, refusal } = checkAccount(view, command);
  if (refusal) return refusal;
  const { name, value } = command.data;
  if (paramByName(view, account.accountId, name)) return rejected('EXTERNAL_PARAM_EXISTS', 'name');
  const posting = startPosting(view, command, []);
  addParam(view, posting, account, { name, value });
  return completed(posting.occurredAt, posting.changes);
}
