import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CommandData } from '#libs/contracts';
import type { ErrorCode } from '#libs/errors';
import type { ExternalParamView } from '#libs/inventory';
import { acme, codeOf, command, globex, paramRow, paramViewOf, VersionLedger, viewTime } from '#libs/testing';
import type { Actor, Decision } from '#libs/transactions';
import { ParamModel, paramSteps, type ParamStep } from '../testing/param-model.js';
import { decideCreateParam } from './decide-create-param.js';
import { decideDeleteParam } from './decide-delete-param.js';
import { decideModifyParam } from './decide-modify-param.js';

const accountId = 'ACME-TT';
const [color, size] = [paramRow(accountId, 'color'), paramRow(accountId, 'size')];
const foreign = paramRow('GLOBEX', 'color');
const params = (): ExternalParamView => paramViewOf(color, size, paramRow('ACME-JM', 'color'), foreign);

const create = (data: CommandData<'CreateExternalParam'>, view = params(), actor: Actor = acme) =>
  decideCreateParam(view, command('CreateExternalParam', data, actor));
const modify = (data: CommandData<'ModifyExternalParam'>, view = params(), actor: Actor = acme) =>
  decideModifyParam(view, command('ModifyExternalParam', data, actor));
const remove = (data: CommandData<'DeleteExternalParam'>, view = params(), actor: Actor = acme) =>
  decideDeleteParam(view, command('DeleteExternalParam', data, actor));

const { instanceId } = color;

describe('an external parameter', () => {
  it('is created as an entity of its account', () => {
    expect(create({ accountId, name: 'weight', value: '' })).toEqual({
      status: 'COMPLETED',
      occurredAt: viewTime,
      changes: [
        {
          ...{ entityType: 'ExternalParam', entityId: expect.any(String), aggregateId: accountId },
          ...{ tenantId: 'ACME', accountId, version: 1, operation: 'CREATED', before: null },
          after: { id: expect.any(String), accountId, name: 'weight', value: '' },
        },
      ],
    });
  });

  it('gets another value, and another name where one is given', () => {
    const view = params();
    expect(modify({ accountId, instanceId: instanceId.toUpperCase(), value: 'red' }, view)).toMatchObject({
      changes: [{ entityId: instanceId, version: 2, operation: 'UPDATED', after: { name: 'color', value: 'red' } }],
    });
    expect(modify({ accountId, instanceId, name: 'paint', value: 'red' }, view)).toMatchObject({
      changes: [{ version: 3, before: { name: 'color', value: 'red' }, after: { name: 'paint', value: 'red' } }],
    });
    expect(codeOf(create({ accountId, name: 'color', value: '' }, view))).toBeUndefined();
  });

  it('is completed without a change by what it is already', () => {
    expect(modify({ accountId, instanceId, name: 'color', value: color.value })).toMatchObject({ changes: [] });
  });

  it('is deleted as its next version', () => {
    expect(remove({ accountId, instanceId })).toMatchObject({
      changes: [{ entityId: instanceId, version: 2, operation: 'DELETED', before: { name: 'color' }, after: null }],
    });
  });

  const otherInstance = paramRow(accountId, 'none').instanceId;

  it.each<[ErrorCode, string, Decision]>([
    ['ACCOUNT_NOT_FOUND', 'accountId', create({ accountId: 'nowhere', name: 'n', value: '' })],
    ['ACCOUNT_NOT_FOUND', 'accountId', create({ accountId: 'GLOBEX', name: 'n', value: '' })],
    ['ACCOUNT_NOT_FOUND', 'accountId', create({ accountId, name: 'n', value: '' }, params(), globex)],
    ['EXTERNAL_PARAM_EXISTS', 'name', create({ accountId, name: 'color', value: '' })],
    ['ACCOUNT_NOT_FOUND', 'accountId', modify({ accountId: 'nowhere', instanceId, value: '' })],
    ['EXTERNAL_PARAM_NOT_FOUND', 'instanceId', modify({ accountId, instanceId: otherInstance, value: '' })],
    ['EXTERNAL_PARAM_NOT_FOUND', 'instanceId', modify({ accountId, instanceId: foreign.instanceId, value: '' })],
    ['EXTERNAL_PARAM_NOT_FOUND', 'instanceId', modify({ accountId: 'ACME-JM', instanceId, value: '' })],
    ['EXTERNAL_PARAM_EXISTS', 'name', modify({ accountId, instanceId, name: 'size', value: '' })],
    ['ACCOUNT_NOT_FOUND', 'accountId', remove({ accountId: 'nowhere', instanceId })],
    ['EXTERNAL_PARAM_NOT_FOUND', 'instanceId', remove({ accountId, instanceId: otherInstance })],
    ['EXTERNAL_PARAM_NOT_FOUND', 'instanceId', remove({ accountId: 'ACME-JM', instanceId })],
  ])('stays as it is: %s for its %s', (code, field, decision) => {
    expect(decision).toMatchObject({ error: { code, details: { field } } });
  });

  it('stays as it is while another operation holds the account', () => {
    const locked = { ...params(), locks: new Map([[`Account ${accountId}`, 'other']]) };
    const decisions = [
      create({ accountId, name: 'color', value: '' }, locked),
      modify({ accountId, instanceId, value: '' }, locked),
      remove({ accountId, instanceId }, locked),
    ];
    expect(decisions.map(codeOf)).toEqual(['LOCKED', 'LOCKED', 'LOCKED']);
    expect(create({ accountId: 'ACME-JM', name: 'n', value: '' }, locked).status).toBe('COMPLETED');
  });
});

function decideStep(
  view: ExternalParamView,
  step: ParamStep,
  instance = paramRow('ACME', 'none').instanceId,
): Decision {
  const actor = step.account === 'GLOBEX' ? globex : acme;
  const data = { accountId: step.account, name: step.name, value: step.value };
  if (step.kind === 'create') return create(data, view, actor);
  const named = { ...data, instanceId: instance };
  return step.kind === 'modify' ? modify(named, view, actor) : remove(named, view, actor);
}

describe('any commands on external parameters in any order', () => {
  it('are answered as the model answers them, and leave its parameters and gapless versions', () => {
    const seen = new Set<string | undefined>();
    const property = fc.property(paramSteps, (sequence) => {
      const [view, model, ledger] = [paramViewOf(), new ParamModel(), new VersionLedger()];
      const instances: string[] = [];
      for (const step of sequence) {
        const decision = decideStep(view, step, instances[step.instance]);
        expect(codeOf(decision)).toBe(model.apply(step));
        expect(ledger.add(decision)).toEqual([]);
        seen.add(codeOf(decision));
        if (step.kind === 'create' && decision.status === 'COMPLETED') instances.push(decision.changes[0]!.entityId);
      }
      const left = [...view.params.values()].map((row) => [
        instances.indexOf(row.instanceId),
        row.accountId,
        row.name,
        row.value,
      ]);
      expect(left.sort()).toEqual(
        [...model.params].map(([n, { account, name, value }]) => [n, account, name, value]).sort(),
      );
      expect(view.names.size).toBe(view.params.size);
    });
    fc.assert(property, { numRuns: 300 });
    expect([...seen].sort()).toEqual(['EXTERNAL_PARAM_EXISTS', 'EXTERNAL_PARAM_NOT_FOUND', undefined]);
  });
});
