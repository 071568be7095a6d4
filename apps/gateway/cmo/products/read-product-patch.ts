import { iccidIdentifier } from '#libs/inventory';
import type { CommandData, CustomProperty, Plain } from '#libs/contracts';
import { SimyardError } from '#libs/errors';
import { readProductId } from '#libs/monitors';
import type { PatchType } from '../../http/request-bodies.js';
import { applyOperation, tokensOf } from '../../json-patch/apply-patch.js';
import { byPointers } from '../../json-patch/json-path.js';
import { readOperations, type Operation } from '../../json-patch/patch-operations.js';
import { patchProblem, type Document } from '../../json-patch/patch-problem.js';
import { readPatched, type Patched } from './patched.js';
import type { ProductBody } from './product-body.js';

/** What a patch of a product asks for, as the command that changes the SIM. */
export type ProductChange = {
  [Name in ProductCommand]: { command: Name; data: CommandData<Name> };
}[ProductCommand];

export type ProductCommand = 'ChangeSimStatus' | 'AssignCustomProperties' | 'TransferSim';

const changeable = ['status', 'customProperty', 'relatedParty'] as const;
type Changeable = (typeof changeable)[number];

/**
 * Pure: reads a patch of a product; one changes its status, its custom properties or its account. Throws
 * UNSUPPORTED_MEDIA_TYPE, and JSON_PATCH_INVALID with the `index` of the operation that cannot be carried out.
 */
export function readProductPatch(type: PatchType, patch: unknown, product: ProductBody): ProductChange {
  const document = structuredClone(product) as unknown as Document;
  const { changed, patched } = applyAll(type, readOperations(patch), document);
  const subscriber = { identifier: { type: iccidIdentifier, value: readProductId(product.id)?.iccid ?? '' } };
  switch (changed) {
    case 'status':
      return { command: 'ChangeSimStatus', data: { subscriber, status: patched.status } };
    case 'relatedParty':
      return { command: 'TransferSim', data: { subscriber, accountId: patched.accountId } };
    case 'customProperty': {
      const difference = differenceOf(product.customProperty, patched.customProperty);
      return { command: 'AssignCustomProperties', data: { subscriber, ...difference } };
    }
  }
}

/** Whether a patch leaves the custom properties as they are. */
export const changesNothing = ({ command, data }: ProductChange): boolean =>
  command === 'AssignCustomProperties' && data.set?.length === 0 && data.remove?.length === 0;

function applyAll(
  type: PatchType,
  operations: Operation[],
  document: Document,
): { changed: Changeable; patched: Patched } {
  let changed: Changeable | undefined;
  let patched = readPatched(document);
  /** the operation since which the product is none */
  let faultyFrom = 0;
  for (const [index, operation] of operations.entries()) {
    const byPointer = type === 'application/json-patch+json' ? [operation] : byPointers(operation, document, index);
    for (const one of byPointer) {
      const part = changedPart(type, one, index);
      if (part && changed && part !== changed)
        throw patchProblem(index, `${changed} and ${part} cannot be changed together.`);
      changed ??= part;
      applyOperation(one, document, index);
    }
    if (typeof patched !== 'string') faultyFrom = index;
    patched = readPatched(document);
  }
  if (typeof patched === 'string') throw patchProblem(faultyFrom, patched);
  if (!changed) throw new SimyardError('JSON_PATCH_INVALID', { message: 'The patch changes nothing.' });
  return { changed, patched };
}

/** Which part of the product an operation changes; a test changes none. */
function changedPart(type: PatchType, { op, path, from }: Operation, index: number): Changeable | undefined {
  if (op === 'test') return undefined;
  const [name, ...below] = tokensOf(path, index);
  const part = changeable.find((one) => one === name);
  if (part === undefined) throw patchProblem(index, `${path || 'the product itself'} cannot be changed.`);
  if (part !== 'customProperty' && type !== 'application/json-patch+json') {
    throw patchProblem(index, `${part} cannot be changed by JSONPath.`);
  }
  if (part !== 'customProperty' && op !== 'replace') throw patchProblem(index, `${part} can only be replaced.`);
  if (part === 'status' && below.length > 0) throw patchProblem(index, `${path} cannot be changed.`);
  if (op === 'move' && tokensOf(from ?? '', index)[0] !== part) throw patchProblem(index, `${from} cannot be changed.`);
  return part;
}

type Properties = Plain<CustomProperty>[];

function differenceOf(before: Properties, after: Properties): { set: Properties; remove: string[] } {
  const [had, has] = [before, after].map((list) => new Map(list.map(({ name, value }) => [name, value])));
  return {
    set: after.filter(({ name, value }) => had?.get(name) !== value),
    remove: before.map(({ name }) => name).filter((name) => !has?.has(name)),
  };
}
