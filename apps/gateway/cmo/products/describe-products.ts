import { applyDecorators } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { FieldsQuery } from '../../http/fields.js';
import { DescribeCmo } from '../describe.js';
import { productExample, productsExample } from './examples.js';
import { ProductsQuery } from './products-query.js';

const fields = {
  fields: { description: 'Attributes of the first level, by comma; id, href and @type are always there' },
};

export const describeProductId = ApiParam({
  name: 'productId',
  description: '`{platform}-{iccid}`, the connection, or `{platform}-{iccid}-simCard`, its SIM card',
  example: productExample.id,
});

export const DescribeProducts = (): MethodDecorator =>
  DescribeCmo({
    operationId: 'listProducts',
    summary: 'List products',
    description: 'The SIMs of the account tree that are on a platform, by account and ICCID.',
    query: {
      dataClass: ProductsQuery,
      parameters: {
        ...fields,
        status: { description: 'Only products of this status' },
        platform: { description: 'Only SIMs of this platform', example: 'JASPER' },
        pageNumber: { description: 'From 1' },
        pageSize: { description: 'Products of a page, 1 to 100, 10 by default' },
      },
    },
    ok: { description: 'A page of products', schema: 'CmoProducts', example: productsExample },
    errors: ['REQUEST_INVALID'],
  });

export const DescribeProduct = (): MethodDecorator =>
  applyDecorators(
    describeProductId,
    DescribeCmo({
      operationId: 'readProduct',
      summary: 'Read a product',
      query: { dataClass: FieldsQuery, parameters: fields },
      ok: { description: 'The connection, or its SIM card', schema: 'CmoProduct', example: productExample },
      errors: ['REQUEST_INVALID', 'PRODUCT_NOT_FOUND'],
    }),
  );
