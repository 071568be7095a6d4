import { Controller, Get, Header, HttpStatus, Inject, Res, SetMetadata } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Health } from './health.js';
import { metricsRegistry } from './metrics.js';
import { Open } from './open.js';
import { HEALTH } from './tokens.js';

/** What @nestjs/swagger's ApiExcludeController sets; imported, it would put that library into every service's memory. */
const excludedFromOpenApi = 'swagger/apiExcludeController';

/** /livez, /readyz and /metrics of every service; open, as probes and scrapers carry no credentials. */
@SetMetadata(excludedFromOpenApi, [true])
@Open()
@Controller()
export class HealthController {
  constructor(@Inject(HEALTH) private readonly health: Health) {}

  @Get('livez')
  async live(@Res() reply: FastifyReply): Promise<void> {
    const report = await this.health.aliveReport();
    await reply.status(report.ready ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE).send(report);
  }

  @Get('readyz')
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const report = await this.health.readyReport();
    await reply.status(report.ready ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE).send(report);
  }

  @Get('metrics')
  @Header('content-type', metricsRegistry.contentType)
  metrics(): Promise<string> {
    return metricsRegistry.metrics();
  }
}
