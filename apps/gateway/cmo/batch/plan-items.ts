import { setImmediate as others } from 'node:timers/promises';
import type { NewItem } from '#libs/bulk';
import { SimyardError } from '#libs/errors';
import type { ProductRow } from '#libs/inventory';
import { newId } from '#libs/runtime';
import type { PatchType } from '../../http/request-bodies.js';
import { productBody } from '../products/product-body.js';
import { readProductPatch, type ProductCommand } from '../products/read-product-patch.js';
import type { Batch, BatchProduct } from './read-batch.js';

const actions: Record<string, ProductCommand> = {
  status: 'ChangeSimStatus',
  customProperty: 'AssignCustomProperties',
  relatedParty: 'TransferSim',
};

/**
 * Pure: what a patch does, by the first operation that changes something; custom properties alone are changed by JSONPath. Of
 * one that changes nothing that can be changed, each product says so.
 */
export function actionOf(patchType: PatchType, patch: unknown[]): ProductCommand {
  if (patchType === 'application/json-patch-query+json') return 'AssignCustomProperties';
  const changing = patch.find((operation) => textOf(operation, 'op') !== 'test');
  const [, part = ''] = textOf(changing, 'path').split('/');
  return actions[part] ?? 'ChangeSimStatus';
}

function textOf(operation: unknown, name: string): string {
  const value: unknown = Object(operation) === operation ? Reflect.get(operation as object, name) : undefined;
  return typeof value === 'string' ? value : '';
}

/**
 * An item for each product, whose rows are at the same indexes. One that does not exist, or to which the patch cannot be applied,
 * has failed already. Throws the patch's JSON_PATCH_INVALID when it can be applied to none of those that exist.
 * Others have their turn between the products: a long patch of many takes seconds.
 */
export async function planItems(batch: Batch, rows: (ProductRow | undefined)[]): Promise<NewItem[]> {
  const items: NewItem[] = [];
  for (const [index, product] of batch.products.entries()) {
    items.push(newItem(batch, product, rows[index], index + 1));
    await others();
  }
  const existing = rows.find((row) => row);
  if (existing && items.every(({ data }) => data === null)) readData(batch, existing);
  return items;
}

function newItem(batch: Batch, { productId }: BatchProduct, row: ProductRow | undefined, ordinal: number): NewItem {
  const item = { ordinal, key: productId, operationId: newId() };
  try {
    return { ...item, data: readData(batch, row) };
  } catch (error) {
    if (!(error instanceof SimyardError)) throw error;
    const { code, message, details } = error;
    return { ...item, data: null, error: JSON.stringify({ code, message, ...(details && { details }) }) };
  }
}

/** JSON of the command's data for a product; throws PRODUCT_NOT_FOUND and JSON_PATCH_INVALID. */
function readData({ patchType, patch }: Batch, row: ProductRow | undefined): string {
  if (!row) throw new SimyardError('PRODUCT_NOT_FOUND');
  const { command, data } = readProductPatch(patchType, patch, productBody(row, '', ''));
  if (command !== actionOf(patchType, patch)) throw new Error(`a patch is ${command} for one product alone`);
  return JSON.stringify(data);
}
