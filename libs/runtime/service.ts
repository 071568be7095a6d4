import 'reflect-metadata';
import { Module, type DynamicModule, type LoggerService, type Provider, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { loadConfig, type Config, type ProcessConfig } from '#libs/config';
import { asSimyardError } from '#libs/errors';
import { setFailpoints } from './failpoint.js';
import { HealthController } from './health.controller.js';
import { Health } from './health.js';
import { createLogger, type Logger } from './logger.js';
import { collectProcessMetrics } from './metrics.js';
import { RethrowFilter } from './rethrow.filter.js';
import { CONFIG, HEALTH, LOGGER } from './tokens.js';

/** What a service's main gives: its parts are built from the configuration, started by Nest, and closed in reverse order. */
export interface ServiceParts {
  controllers?: Type[];
  providers?: Provider[];
  /** Kafka: each becomes a Nest microservice of the application */
  strategies?: CustomTransportStrategy[];
  /** called when draining begins; HTTP goes on answering until it resolves */
  drain?: () => Promise<void>;
  /** called after Nest has stopped listening to HTTP and Kafka */
  close?: () => Promise<void>;
  /** called before Nest starts, for what only some services need (OpenAPI, error shapes, parsers) */
  configure?: (app: NestFastifyApplication) => void | Promise<void>;
}

export interface ServiceContext<C extends ProcessConfig = Config> {
  config: C;
  log: Logger;
  health: Health;
}

export interface ServiceOptions<C extends ProcessConfig = Config> {
  name: string;
  build: (context: ServiceContext<C>) => Promise<ServiceParts>;
  /** bytes */
  bodyLimit?: number;
  /** answers a URL that the router itself refuses, such as one with broken escapes, before any hook has run */
  onBadUrl?: (error: Error, request: FastifyRequest, reply: FastifyReply) => void;
}

export interface RunningService {
  url: string;
  stop(): Promise<void>;
}

const defaultBodyLimit = 512 * 1024;

@Module({})
class ServiceModule {}

/**
 * Runs one service until SIGTERM or SIGINT, then drains it: readyz turns off, HTTP and Kafka stop taking work, what is
 * under way ends. Prints `{"ready":…,"url":…}` as a log line when up. Exits with 1 when it cannot start.
 */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  return await startServiceWith(loadConfig(), options);
}

/** The same for a process whose configuration is not a service's, such as one without Kafka and Postgres. */
export async function startServiceWith<C extends ProcessConfig>(
  config: C,
  options: ServiceOptions<C>,
): Promise<RunningService> {
  const log = createLogger(options.name, config.logLevel);
  setFailpoints(config.failpoints);
  try {
    return await run(options, config, log);
  } catch (error) {
    log.fatal({ err: asSimyardError(error) }, 'the service could not start');
    process.exit(1);
  }
}

async function run<C extends ProcessConfig>(
  options: ServiceOptions<C>,
  config: C,
  log: Logger,
): Promise<RunningService> {
  collectProcessMetrics();
  const health = new Health();
  const parts = await options.build({ config, log, health });
  const adapter = new FastifyAdapter({
    bodyLimit: options.bodyLimit ?? defaultBodyLimit,
    trustProxy: false,
    forceCloseConnections: 'idle',
    ...(options.onBadUrl && { frameworkErrors: options.onBadUrl }),
  });
  const module = serviceModule(parts, { config, log, health });
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest's options are a class in name only
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: nestLogger(log),
    abortOnError: false,
  });
  await parts.configure?.(app);
  for (const strategy of parts.strategies ?? []) {
    // Deferred: handlers that are registered before the filter would never have it.
    app.connectMicroservice({ strategy }, { deferInitialization: true }).useGlobalFilters(new RethrowFilter());
  }
  const stop = once(() => drain(app, parts, health, log));
  endOnSignal(stop, config, log);
  // HTTP first: livez and readyz answer while Kafka is still being waited for.
  await app.listen(config.httpPort, config.httpHost);
  const url = await app.getUrl();
  log.info({ url }, 'listening');
  await app.startAllMicroservices();
  log.info({ url }, 'service is up');
  return { url, stop };
}

function serviceModule(parts: ServiceParts, context: ServiceContext<ProcessConfig>): DynamicModule {
  return {
    module: ServiceModule,
    global: true,
    controllers: [HealthController, ...(parts.controllers ?? [])],
    providers: [
      { provide: CONFIG, useValue: context.config },
      { provide: LOGGER, useValue: context.log },
      { provide: HEALTH, useValue: context.health },
      ...(parts.providers ?? []),
    ],
  };
}

async function drain(app: NestFastifyApplication, parts: ServiceParts, health: Health, log: Logger): Promise<void> {
  health.drain();
  log.info('draining');
  // Kafka first: as long as batches end, readyz answers, and says 503.
  await Promise.all([parts.drain?.(), ...(parts.strategies ?? []).map((strategy): unknown => strategy.close())]);
  await app.close();
  await parts.close?.();
  log.info('service has ended');
}

function endOnSignal(stop: () => Promise<void>, config: ProcessConfig, log: Logger): void {
  const end = (signal: NodeJS.Signals): void => {
    const deadline = setTimeout(() => {
      log.error({ signal }, 'draining took too long, ending at once');
      process.exit(1);
    }, config.shutdownTimeoutMs);
    deadline.unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'draining failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= action());
}

function nestLogger(log: Logger): LoggerService {
  const say =
    (level: 'debug' | 'warn' | 'error' | 'trace') =>
    (message: unknown, ...rest: unknown[]): void =>
      log[level]({ nest: rest.at(-1) }, String(message));
  return {
    log: say('debug'),
    debug: say('trace'),
    verbose: say('trace'),
    warn: say('warn'),
    error: say('error'),
    fatal: say('error'),
  };
}
