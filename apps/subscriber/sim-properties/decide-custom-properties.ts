import { checkMandatory, maxCustomProperties, type CommandData } from '#libs/contracts';
import {
  assignCustomProperties,
  sameCustomProperties,
  startPosting,
  type InventoryView,
  type Sim,
} from '#libs/inventory';
import { completed, rejected, type Command, type Decision } from '#libs/transactions';
import { askPlatform, type Routing } from '../platform/ask-platform.js';
import { namedSim } from '../platform/named-sim.js';

/**
 * Decides which custom properties a SIM gets and loses: hands them to the SIM's platform, or folds them into the view. What
 * the SIM has already is completed without a change.
 */
export function decideCustomProperties(
  view: InventoryView,
  command: Command<CommandData<'AssignCustomProperties'>>,
  routing: Routing,
): Decision {
  const { data, missing } = checkMandatory('AssignCustomProperties', command.data);
  if (missing) return rejected(missing.code, missing.field);
  const { subscriber, sim, refusal } = namedSim(view, command, data.subscriber);
  if (refusal) return refusal;
  if (subscriber.state === 'Deactivated') return rejected('SUBSCRIBER_DEACTIVATED', 'subscriber');
  const customProperties = assigned(sim.customProperties, data);
  if (customProperties.length > maxCustomProperties) return rejected('CUSTOM_PROPERTIES_TOO_MANY', 'set');
  const posting = startPosting(view, command, [sim.changedAt]);
  if (sameCustomProperties(customProperties, sim.customProperties)) return completed(posting.occurredAt, []);
  const change = { kind: 'custom-properties', customProperties } as const;
  const asked = askPlatform(view, routing, command, { subscriber, sim, change });
  if (asked) return asked;
  assignCustomProperties(view, posting, sim, customProperties);
  return completed(posting.occurredAt, posting.changes);
}

/** What is there keeps its place, what is new comes last; what is both set and removed is set. */
function assigned(
  current: Sim['customProperties'],
  { set = [], remove = [] }: Pick<CommandData<'AssignCustomProperties'>, 'set' | 'remove'>,
): Sim['customProperties'] {
  const values = new Map(current.map(({ name, value }) => [name, value]));
  const kept = new Set(set.map(({ name }) => name));
  for (const name of remove) if (!kept.has(name)) values.delete(name);
  for (const { name, value } of set) values.set(name, value);
  return Array.from(values, ([name, value]) => ({ name, value }));
}
