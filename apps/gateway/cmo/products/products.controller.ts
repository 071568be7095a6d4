import { Body, Get, Inject, Param, Patch, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SimyardError } from '#libs/errors';
import { listProducts } from '#libs/inventory';
import type { Database } from '#libs/postgres';
import { DATABASE } from '../../database.js';
import { sendAnswer } from '../../http/answer.js';
import { FieldsQuery } from '../../http/fields.js';
import { OriginOf, type Origin } from '../../http/origin.js';
import { CallerOf, readQuery, type Caller } from '../../http/read-request.js';
import { patchTypeOf } from '../../http/request-bodies.js';
import { WriteRoute } from '../../http/write-route.js';
import { CmoController, cmoPrefix } from '../cmo-controller.js';
import { CmoUrl } from '../cmo-url.js';
import { CALLBACKS, CallbackOf, type Callbacks, type CallbackWish } from '../../hub/callbacks.js';
import { CHANGE_PRODUCT, type ChangeProduct } from './change-product.js';
import { DescribePatch } from './describe-patch.js';
import { DescribeProduct, DescribeProducts } from './describe-products.js';
import { bodyOf, findProduct } from './find-product.js';
import { productBody } from './product-body.js';
import { fieldsOf, productPage, ProductsQuery, toProductQuery } from './products-query.js';

/** The route that takes patches. */
export const patchedRoute = `${cmoPrefix}/:tenant/product/:productId`;

/** SIMs on operators' platforms, of the client's account and those below it. */
@CmoController('product')
export class ProductsController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(CHANGE_PRODUCT) private readonly change: ChangeProduct,
    @Inject(CALLBACKS) private readonly callbacks: Callbacks,
  ) {}

  @Get()
  @DescribeProducts()
  async list(@Query() parameters: unknown, @CmoUrl() url: string, @CallerOf() { client }: Caller): Promise<object> {
    const asked = readQuery(ProductsQuery, parameters);
    const [query, shown] = [toProductQuery(asked), fieldsOf(asked)];
    const { products, total } = await listProducts(this.database, client, query);
    return productPage(
      query,
      products.map((row) => shown(productBody(row, url, client.tenantId))),
      total,
    );
  }

  @Get(':productId')
  @DescribeProduct()
  async read(
    @Param('productId') productId: string,
    @Query() parameters: unknown,
    @CmoUrl() url: string,
    @CallerOf() { client }: Caller,
  ): Promise<object> {
    const shown = fieldsOf(readQuery(FieldsQuery, parameters));
    return shown(bodyOf(productId, await findProduct(this.database, client, productId), url, client.tenantId));
  }

  @Patch(':productId')
  @WriteRoute('cmo', 'ChangeSimStatus', 'AssignCustomProperties', 'TransferSim')
  @DescribePatch()
  async patch(
    @Param('productId') productId: string,
    @Body() patch: unknown,
    @Req() request: FastifyRequest,
    @OriginOf() origin: Origin,
    @CallbackOf() wish: CallbackWish,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const type = patchTypeOf(request);
    if (!type) throw new SimyardError('UNSUPPORTED_MEDIA_TYPE');
    const stageCallback = await this.callbacks.stageFor(origin.caller, wish);
    const asked = { productId, type, patch, headers: request.headers, url: wish.facadeUrl, stageCallback, ...origin };
    await sendAnswer(reply, await this.change(asked));
  }
}
