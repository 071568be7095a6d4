import { applyDecorators, Controller, UseGuards, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { SimyardError } from '#libs/errors';
import { readCaller } from '../http/read-request.js';

/** What every path of the facade begins with; the tenant follows. */
export const cmoPrefix = '/connection-management-orchestrator/v5';

/** Lets a request pass whose path names the tenant of its client; another's is as one that does not exist. */
class TenantGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest<{ Params: { tenant: string } }>>();
    if (request.params.tenant !== readCaller(request).client.tenantId) throw new SimyardError('NOT_FOUND');
    return true;
  }
}

/** A controller of the facade, for the paths that begin with `path` behind the tenant. */
export const CmoController = (path: string): ClassDecorator =>
  applyDecorators(
    Controller(`${cmoPrefix}/:tenant/${path}`),
    UseGuards(TenantGuard),
    ApiTags('CMO'),
    ApiParam({ name: 'tenant', description: "The client's tenant", example: 'ACME' }),
  );
