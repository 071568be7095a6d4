import type { CommandData } from '#libs/contracts';
import { changeParam, paramByName, startPosting, type ExternalParamView } from '#libs/inventory';
import { completed, rejected, type Command, type Decision } from '#libs/transactions';
import { checkAccount, paramOfAccount } from './check-account.js';

/** Decides another value, and perhaps another name, of an external parameter; the same ones are no change. */
export function decideModifyParam(
  view: ExternalParamView,
  command: Command<CommandData<'ModifyExternalParam'>>,
): Decision {
  const { account, refusal } = checkAccount(view, command);
  if (refusal) return refusal;
  const param = paramOfAccount(view, account, command.data.instanceId);
  if (!param) return rejected('EXTERNAL_PARAM_NOT_FOUND', 'instanceId');
  const { name = param.name, value } = command.data;
  const namesake = paramByName(view, account.accountId, name);
  if (namesake && namesake !== param) return rejected('EXTERNAL_PARAM_EXISTS', 'name');
  const posting = startPosting(view, command, [param.changedAt]);
  if (name !== param.name || value !== param.value) changeParam(view, posting, param, { name, value });
  return completed(posting.occurredAt, posting.changes);
}
