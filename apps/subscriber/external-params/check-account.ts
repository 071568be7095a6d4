import { inTree, type Account, type ExternalParam, type ExternalParamView } from '#libs/inventory';
import { lockRefusal, rejected, type Command, type Decision } from '#libs/transactions';

type AccountCheck = { account: Account; refusal?: undefined } | { account?: undefined; refusal: Decision };

/** The account that a command names, if it is in the actor's tree and nobody else holds it. */
export function checkAccount(view: ExternalParamView, command: Command<{ accountId: string }>): AccountCheck {
  const account = view.accounts.get(command.data.accountId);
  if (!account || !inTree(command.actor, account.tenantId, account.path)) {
    return { refusal: rejected('ACCOUNT_NOT_FOUND', 'accountId') };
  }
  const refusal = lockRefusal(view.locks, command, { type: 'Account', id: account.accountId });
  return refusal ? { refusal } : { account };
}

/** The account's parameter of this instance: another account's is as one that does not exist. */
export function paramOfAccount(
  view: ExternalParamView,
  account: Account,
  instanceId: string,
): ExternalParam | undefined {
  const param = view.params.get(instanceId.toLowerCase());
  return param?.accountId === account.accountId ? param : undefined;
}
