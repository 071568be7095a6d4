import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SimyardError } from '#libs/errors';
import { listServices } from '#libs/inventory';
import type { Database } from '#libs/postgres';
import { servicePrefix } from '#libs/services';
import { DATABASE } from '../database.js';
import { sendAnswer } from '../http/answer.js';
import { FieldsQuery } from '../http/fields.js';
import { OriginOf, type Origin } from '../http/origin.js';
import { CallerOf, expectNoBody, readQuery, type Caller } from '../http/read-request.js';
import { patchTypeOf } from '../http/request-bodies.js';
import { WriteRoute } from '../http/write-route.js';
import { changed, deleted } from './answer-service.js';
import {
  DescribeCreateService,
  DescribeDeleteService,
  DescribePatchService,
  DescribeService,
  DescribeServices,
} from './describe-services.js';
import { findService } from './find-service.js';
import { pageOf, sendPage } from './page.js';
import { readServicePatch, type ServicePatchType } from './read-service-patch.js';
import { serviceBody } from './service-body.js';
import { filterOf, ServicesQuery, shownBy } from './services-query.js';
import { SERVICES, type Services } from './services.js';
import { Tmf640Url } from './tmf640-url.js';

/** The route that takes patches. */
export const patchedServiceRoute = `${servicePrefix}/service/:id`;

/** Subscribers, each with its SIM and identifiers, as TMF640's services. */
@ApiTags('TMF640')
@Controller(`${servicePrefix}/service`)
export class ServicesController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(SERVICES) private readonly services: Services,
  ) {}

  @Get()
  @DescribeServices()
  async list(
    @Query() parameters: unknown,
    @CallerOf() { client }: Caller,
    @Tmf640Url() url: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = readQuery(ServicesQuery, parameters);
    const [shown, page] = [shownBy(query), pageOf(query)];
    const { total, services } = await listServices(this.database, client, filterOf(query), page);
    const bodies = services.map((service) => shown(serviceBody(service, url)));
    await sendPage(reply, request, { ...page, total, bodies });
  }

  @Get(':id')
  @DescribeService()
  async read(
    @Param('id') id: string,
    @Query() parameters: unknown,
    @CallerOf() { client }: Caller,
    @Tmf640Url() url: string,
  ): Promise<object> {
    const shown = shownBy(readQuery(FieldsQuery, parameters));
    return shown(serviceBody(await findService(this.database, client, id), url));
  }

  @Post()
  @WriteRoute('tmf640', 'CreateSubscriber')
  @DescribeCreateService()
  async create(
    @Body() body: unknown,
    @OriginOf() origin: Origin,
    @Req() { headers }: FastifyRequest,
    @Tmf640Url() url: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await sendAnswer(reply, await this.services.create({ ...origin, body, headers, url }));
  }

  @Patch(':id')
  @WriteRoute('tmf640', 'ChangeSubscriberStatus')
  @DescribePatchService()
  async patch(
    @Param('id') serviceId: string,
    @Body() body: unknown,
    @OriginOf() origin: Origin,
    @Req() request: FastifyRequest,
    @Tmf640Url() url: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const type = typeOfPatch(request);
    const { headers } = request;
    const answer = await this.services.change({
      ...{ ...origin, serviceId, body, headers, url, method: 'PATCH', done: changed },
      read: (service) => readServicePatch(type, body, service),
    });
    await sendAnswer(reply, answer);
  }

  @Delete(':id')
  @WriteRoute('tmf640', 'ChangeSubscriberStatus')
  @DescribeDeleteService()
  async delete(
    @Param('id') serviceId: string,
    @Body() body: unknown,
    @OriginOf() origin: Origin,
    @Req() { headers }: FastifyRequest,
    @Tmf640Url() url: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    expectNoBody(body);
    const answer = await this.services.change({
      ...{ ...origin, serviceId, body: null, headers, url, method: 'DELETE', done: deleted },
      read: ({ state }) => ({ ...(state !== 'terminated' && { state: 'Deactivated' }), attributes: {} }),
    });
    await sendAnswer(reply, answer);
  }
}

/** JSON without more is taken as a merge patch, as most clients of TMF640 send it. */
function typeOfPatch(request: FastifyRequest): ServicePatchType {
  const type = patchTypeOf(request);
  if (type === 'application/json-patch-query+json') throw new SimyardError('UNSUPPORTED_MEDIA_TYPE');
  return type ?? 'application/merge-patch+json';
}
