import { checkMandatory, commands, type CommandData } from '#libs/contracts';
import { SimyardError } from '#libs/errors';
import { requestScope } from '#libs/operations';
import type { OcsCommand } from './ocs-command.js';
import type { Write } from '../commands/plan-admission.js';
import { readAs, type Caller } from '../http/read-request.js';

/** Reads the body of a write; throws REQUEST_INVALID, or the code of the first mandatory attribute that is missing. */
export function readWrite(name: OcsCommand, body: unknown, caller: Caller): Write {
  const data = readAs<CommandData<OcsCommand>>(commands[name].dataClass, body);
  const { missing } = checkMandatory(name, data);
  if (missing) throw new SimyardError(missing.code, { details: { field: missing.field } });
  return {
    facade: 'ocs',
    name,
    data,
    caller,
    // mandatory for every command
    key: data.requestId ?? '',
    scope: requestScope.ocs(caller.client.username),
    orderKey: orderKeyOf(data),
  };
}

/** The subscriber as the caller names it. */
function orderKeyOf(data: CommandData<OcsCommand>): string {
  if ('externalId' in data) return data.externalId;
  const { refId, externalId, identifier } = data.subscriber ?? {};
  return refId ?? externalId ?? (identifier ? `${identifier.type}:${identifier.value}` : '');
}
