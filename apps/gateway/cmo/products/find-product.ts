import { SimyardError } from '#libs/errors';
import { readProduct, type AccountScope, type ProductRow } from '#libs/inventory';
import { readProductId } from '#libs/monitors';
import type { Tx } from '#libs/postgres';
import { expectStorable } from '../../http/read-request.js';
import { productBody, simCardBody, type ProductBody } from './product-body.js';

/** The product of this id in the client's account tree; throws PRODUCT_NOT_FOUND. */
export async function findProduct(tx: Tx, scope: AccountScope, productId: string): Promise<ProductRow> {
  expectStorable(productId);
  const name = readProductId(productId);
  const product = name && (await readProduct(tx, scope, name));
  if (!product) throw new SimyardError('PRODUCT_NOT_FOUND');
  return product;
}

/** The body of what an id names: the connection, or its SIM card. */
export function bodyOf(productId: string, row: ProductRow, baseUrl: string, tenantId: string): ProductBody {
  const connection = productBody(row, baseUrl, tenantId);
  return productId === connection.id ? connection : simCardBody(row, baseUrl, tenantId);
}
