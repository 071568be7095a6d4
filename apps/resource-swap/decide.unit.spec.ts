import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { changeState, startPosting, subscriberByExternalId, type InventoryView } from '#libs/inventory';
import { codeOf, command, subscriberId, subscriberRow, VersionLedger, viewOf } from '#libs/testing';
import { completed, type Decision } from '#libs/transactions';
import { decideCreateResource } from './create/decide-create-resource.js';
import { decideDeleteResource } from './delete/decide-delete-resource.js';
import { decideSwap } from './swap/decide-swap.js';
import {
  actorOf,
  numbers,
  resourceData,
  ResourceModel,
  steps,
  subscribers,
  swapCommand,
  type Step,
} from './testing/resource-model.js';

function fleet(): InventoryView {
  const accountOf = (name: string) => (actorOf(name).tenantId === 'GLOBEX' ? 'GLOBEX' : 'ACME-TT');
  return viewOf({ subscribers: subscribers.map((name) => subscriberRow(name, { accountId: accountOf(name) })) });
}

function decide(view: InventoryView, step: Step): Decision {
  const actor = actorOf(step.subscriber);
  if (step.kind === 'swap') return decideSwap(view, swapCommand(step));
  if (step.kind === 'deactivate') return deactivate(view, step.subscriber);
  return step.kind === 'create'
    ? decideCreateResource(view, command('CreateSubscriberResource', resourceData(step), actor))
    : decideDeleteResource(view, command('DeleteSubscriberResource', resourceData(step), actor));
}

function deactivate(view: InventoryView, name: string): Decision {
  const subscriber = subscriberByExternalId(view, actorOf(name).tenantId, name);
  const posting = startPosting(view, command('ChangeSubscriberStatus', {}, actorOf(name)), []);
  if (subscriber) changeState(view, posting, subscriber, 'Deactivated');
  return completed(posting.occurredAt, []);
}

const nameOf = new Map(subscribers.map((name) => [subscriberId(name), name]));

describe('any commands in any order', () => {
  it('are answered as the model answers them, and leave its holders, its history and gapless versions', () => {
    const seen = new Set<string | undefined>();
    const property = fc.property(steps, (sequence) => {
      const [view, model, ledger] = [fleet(), new ResourceModel(), new VersionLedger()];
      // All numbers are in use at the start: most interesting cases need a holder.
      const start = numbers.map((number, i): Step => ({ kind: 'create', subscriber: subscribers[i] ?? 'A', number }));
      for (const step of [...start, ...sequence]) {
        const decision = decide(view, step);
        expect(codeOf(decision)).toBe(model.apply(step));
        expect(ledger.add(decision)).toEqual([]);
        seen.add(codeOf(decision));
        if (decision.status === 'COMPLETED' && decision.changes.length === 2) seen.add('taken from a Deactivated one');
      }
      const holders = [...view.resources.values()].map((row) => [row.value, nameOf.get(row.subscriberId)]);
      expect(new Map(holders as [string, string][])).toEqual(model.holders);
      expect([...view.resourcesOf.values()].flatMap((own) => [...own.values()]).length).toBe(view.resources.size);
      const ended = view.ended.map((row) => `${nameOf.get(row.subscriberId) ?? ''} ${row.value}`);
      expect(ended).toEqual(model.ended);
    });
    fc.assert(property, { numRuns: 500 });
    expect([...seen].sort()).toEqual([
      'RESOURCE_EXISTS',
      'RESOURCE_IN_USE',
      'RESOURCE_NOT_FOUND',
      'RESOURCE_UNCHANGED',
      'SUBSCRIBER_DEACTIVATED',
      'SWAP_RESOURCE_NOT_FOUND',
      'taken from a Deactivated one',
      undefined,
    ]);
  });
});
