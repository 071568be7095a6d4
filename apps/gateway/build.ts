import { setTimeout as delay } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { accessProviders } from '#libs/access';
import { createKafka, watchBroker } from '#libs/kafka';
import { platformSource } from '#libs/platforms';
import { createRateLimiter, openDatabase, type Database, type TakePoint } from '#libs/postgres';
import type { ServiceContext, ServiceOptions, ServiceParts } from '#libs/runtime';
import { openCallersBell } from '#libs/transactions';
import { CallbacksController } from './admin/callbacks.controller.js';
import { LocksController } from './admin/locks.controller.js';
import { OperationsController } from './admin/operations.controller.js';
import { BulkJobsController } from './bulk/bulk-jobs.controller.js';
import { CHANGE_JOB, createChangeJob } from './bulk/change-job.js';
import { createSubmitJob, SUBMIT_JOB } from './bulk/submit-job.js';
import { takeUploads } from './bulk/upload/media-types.js';
import { BatchController } from './cmo/batch/batch.controller.js';
import { CMO_MAX_PRODUCTS } from './cmo/batch/max-products.js';
import { cmoPrefix } from './cmo/cmo-controller.js';
import { callbackProviders } from './hub/callbacks.js';
import { HubController } from './cmo/hub/hub.controller.js';
import { MonitorsController } from './cmo/monitors/monitors.controller.js';
import { CHANGE_PRODUCT, createChangeProduct } from './cmo/products/change-product.js';
import { patchedRoute, ProductsController } from './cmo/products/products.controller.js';
import { renderCmoError } from './cmo/render-cmo-error.js';
import { createOutcomePoller } from './commands/outcome-poller.js';
import { createStart, START } from './commands/start.js';
import { createFollow, createSubmit, SUBMIT } from './commands/submit.js';
import { DATABASE } from './database.js';
import { BULK_MAX_NODES } from './flolive/bulk-max-nodes.js';
import { floliveControllers } from './flolive/controllers.js';
import { renderFloliveError } from './flolive/render-flolive-error.js';
import { HybrisController } from './hybris/hybris.controller.js';
import { renderHybrisError } from './hybris/render-hybris-error.js';
import { BROKER_WATCH, HYBRIS_MAX_ICCIDS, HYBRIS_RATE } from './hybris/settings.js';
import { collectMethods } from './http/allowed-methods.js';
import { correlate } from './http/correlation.js';
import { refuseBadUrl } from './http/bad-url.js';
import { refuseWhileDraining } from './http/draining.js';
import { ErrorFilter } from './http/error.filter.js';
import { knowPublicUrl } from './http/public-url.js';
import { readBodies } from './http/request-bodies.js';
import { logRequests } from './http/request-log.js';
import { renderTokenError, TokenController } from './oauth/token.controller.js';
import { OcsController } from './ocs/ocs.controller.js';
import { serveOpenApi } from './openapi/document.js';
import { callbackRoute, PlatformCallbacksController } from './platform-callbacks/platform-callbacks.controller.js';
import { platformCallbackProviders } from './platform-callbacks/providers.js';
import { ServiceHubController } from './tmf640/hub.controller.js';
import { ServiceMonitorsController } from './tmf640/monitors.controller.js';
import { renderTmf640Error } from './tmf640/render-tmf640-error.js';
import { patchedServiceRoute, ServicesController } from './tmf640/services.controller.js';
import { createServices, SERVICES } from './tmf640/services.js';

/** Facades whose errors have a shape of their own, by path. */
const errorShapes = {
  '/oauth2/': renderTokenError,
  '/api/v2/': renderFloliveError,
  '/api/v3/': renderFloliveError,
  '/ecom-sales-ux/': renderHybrisError,
  [cmoPrefix]: renderCmoError,
  '/tmf-api/': renderTmf640Error,
};

/** The public HTTP service, as startService takes it. */
export const gateway: ServiceOptions = { name: 'gateway', build: buildGateway, onBadUrl: refuseBadUrl(errorShapes) };

/** Of all facades. */
const controllers = [
  OcsController,
  ...floliveControllers,
  HybrisController,
  ProductsController,
  HubController,
  BatchController,
  MonitorsController,
  ServicesController,
  ServiceMonitorsController,
  ServiceHubController,
  BulkJobsController,
  OperationsController,
  LocksController,
  CallbacksController,
  TokenController,
  PlatformCallbacksController,
];

/** The parts of the public HTTP service: its facades, and the relay that carries their commands to Kafka. */
async function buildGateway(context: ServiceContext): Promise<ServiceParts> {
  const { config, log, health } = context;
  const database = await openDatabase({
    url: config.databaseUrl,
    applicationName: 'simyard-gateway',
    poolSize: config.poolSize,
  });
  const outcomes = createOutcomePoller(database.prepared, log);
  const bell = await openCallersBell('gateway', database, context, () => outcomes.wake());
  const start = createStart(database, bell, config);
  const follow = createFollow(database.prepared, outcomes, config);
  const submit = createSubmit(start, follow);
  const submitJob = createSubmitJob({ database, start, health, maxItems: config.bulkMaxItems });
  const broker = watchBroker(createKafka(config, 'simyard-gateway-watch', log), log);
  const platforms = platformSource(config.secretPepper);
  health.ready('postgres', async () => (await database.query('select 1')).length === 1);
  return {
    controllers,
    providers: [
      { provide: DATABASE, useValue: database },
      { provide: START, useValue: start },
      { provide: SUBMIT, useValue: submit },
      { provide: SUBMIT_JOB, useValue: submitJob },
      { provide: CHANGE_JOB, useValue: createChangeJob(database, start, submit) },
      {
        provide: CHANGE_PRODUCT,
        useValue: createChangeProduct({ database: database.prepared, start, follow, platforms }),
      },
      { provide: SERVICES, useValue: createServices({ database, start, follow }) },
      ...callbackProviders(database, config),
      { provide: BULK_MAX_NODES, useValue: config.bulkMaxNodes },
      { provide: CMO_MAX_PRODUCTS, useValue: config.cmoMaxProducts },
      { provide: BROKER_WATCH, useValue: broker },
      { provide: HYBRIS_MAX_ICCIDS, useValue: config.hybrisMaxIccids },
      { provide: HYBRIS_RATE, useValue: hybrisRate(database, config.hybrisRequestsPerSecond) },
      ...platformCallbackProviders(database, bell, context),
      ...accessProviders(database.prepared, config.secretPepper),
    ],
    configure: (app) => configureHttp(app, context),
    drain: () => delay(config.drainDelayMs),
    close: async () => {
      await broker.stop();
      await bell.stop();
      await database.close();
    },
  };
}

const hybrisRate = (database: Database, requestsPerSecond: number): TakePoint =>
  createRateLimiter(database, { schema: 'access', name: 'request_rate' }, { points: requestsPerSecond, perMs: 1000 });

function configureHttp(app: NestFastifyApplication, { config, log, health }: ServiceContext): void {
  const server = app.getHttpAdapter().getInstance();
  const allowedMethods = collectMethods(server);
  correlate(server);
  knowPublicUrl(server, config.publicUrl);
  logRequests(server, log);
  refuseWhileDraining(server, health);
  readBodies(app, {
    forms: new Set(['/oauth2/token']),
    patches: new Set([patchedRoute, patchedServiceRoute]),
    mergePatches: new Set([patchedServiceRoute]),
    signed: new Set([callbackRoute]),
  });
  takeUploads(server, new Set(['/admin/v1/bulk-jobs']), health);
  app.useGlobalFilters(new ErrorFilter(log, allowedMethods, errorShapes));
  serveOpenApi(app);
}
