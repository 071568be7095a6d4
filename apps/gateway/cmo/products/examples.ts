import type { ProductRow } from '#libs/inventory';
import { productBody } from './product-body.js';

/** Examples of OpenAPI, consistent with one another. */
export const exampleUrl = 'https://api.example.com/connection-management-orchestrator/v5';
export const exampleTenant = 'ACME';

export const exampleRow: ProductRow = {
  ...{ platform: 'JASPER', iccid: '8901260012345678902', accountId: 'ACME-TT', state: 'Active' },
  ...{ imsi: '310260123456789', status: 'ACTIVE', firstActivatedAt: new Date('2020-04-01T20:00:00.000Z') },
  customProperties: [{ name: 'MyFavoriteColour', value: 'Blue' }],
  identifiers: [{ type: 'MSISDN', value: '18685550101' }],
};

export const productExample = productBody(exampleRow, exampleUrl, exampleTenant);

export const productsExample = {
  entities: [productExample],
  statistics: { currentPage: 1, pageSize: 10, totalPages: 1, totalElements: 1 },
};
