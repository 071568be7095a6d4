import { describe, expect, it } from '@jest/globals';
import type { ProductRow } from '#libs/inventory';
import { planItems } from './plan-items.js';
import type { Batch } from './read-batch.js';

const rows: ProductRow[] = Array.from({ length: 20 }, (_, n) => ({
  ...{ platform: 'JASPER', iccid: `89882280666000000${100 + n}`, accountId: 'ACME-TT', state: 'Active', imsi: null },
  ...{ status: 'ACTIVE', firstActivatedAt: null, customProperties: [], identifiers: [] },
}));
const products = rows.map(({ platform, iccid }) => ({ productId: `${platform}-${iccid}`, name: { platform, iccid } }));
const batch: Batch = {
  products: [products[0]!, ...products.slice(1)],
  patchType: 'application/json-patch+json',
  patch: [{ op: 'replace', path: '/status', value: 'SUSPENDED' }],
  told: {},
};

describe('planning the items of a batch', () => {
  it('lets others have their turn between products', async () => {
    let turns = 0;
    const turn = (): void => {
      turns += 1;
      next = setImmediate(turn);
    };
    let next = setImmediate(turn);
    const items = await planItems(batch, rows);
    clearImmediate(next);
    expect(items.map(({ ordinal, data }) => [ordinal, data !== null])).toEqual(rows.map((_, n) => [n + 1, true]));
    expect(turns).toBeGreaterThanOrEqual(rows.length);
  });
});
