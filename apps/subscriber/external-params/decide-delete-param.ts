import type { CommandData } from '#libs/contracts';
import { removeParam, startPosting, type ExternalParamView } from '#libs/inventory';
import { completed, rejected, type Command, type Decision } from '#libs/transactions';
import { checkAccount, paramOfAccount } from './check-account.js';

/** Decides the end of an external parameter and folds it into the view. */
export function decideDeleteParam(
  view: ExternalParamView,
  command: Command<CommandData<'DeleteExternalParam'>>,
): Decision {
  const { account, refusal } = checkAccount(view, command);
  if (refusal) return refusal;
  const param = paramOfAccount(view, account, command.data.instanceId);
  if (!param) return rejected('EXTERNAL_PARAM_NOT_FOUND', 'instanceId');
  const posting = startPosting(view, command, [param.changedAt]);
  removeParam(view, posting, param);
  return completed(posting.occurredAt, posting.changes);
}
