import { applyDecorators } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { Describe } from '../openapi/describe.js';
import { BreakQuery, LocksQuery } from './locks-query.js';

const fencingToken = '48151';

const example = {
  fencingToken,
  level: 'entity',
  operationId: '0199f1de-7a3b-7c11-9d52-6a8f0c1e2b3d',
  username: 'acme-portal',
  facade: 'flolive',
  action: 'AttachOffer',
  entity: { type: 'Subscriber', id: '0199f1de-0000-7000-8000-000000000001' },
  tenant: 'ACME',
  accountId: 'ACME-TT',
  acquiredAt: '2026-01-31T12:00:00.000Z',
  expiresAt: '2026-01-31T12:10:00.000Z',
};

export const DescribeLocks = (): MethodDecorator =>
  Describe({
    operationId: 'listLocks',
    summary: 'List locks',
    description: 'Those that users of the client’s account tree hold, newest first.',
    query: {
      dataClass: LocksQuery,
      parameters: {
        user: { description: 'Only of this user', example: 'acme-portal' },
        action: { description: 'Name of the command', example: 'AttachOffer' },
        entityType: { description: 'With entityId: only this entity', example: 'Subscriber' },
        entityId: { description: 'With entityType: Simyard’s id of the subscriber, or the account’s' },
        cursor: { description: '`nextCursor` of the page before' },
        limit: { description: 'Rows of a page, 1 to 200, 50 by default' },
      },
    },
    ok: { description: 'A page of locks', schema: 'LockPage', example: { locks: [example], nextCursor: fencingToken } },
    errors: ['REQUEST_INVALID'],
  });

export const DescribeBreak = (): MethodDecorator =>
  applyDecorators(
    ApiParam({ name: 'fencingToken', description: 'Of the lock, as the list shows it', schema: { type: 'string' } }),
    Describe({
      operationId: 'breakLock',
      summary: 'Break a lock',
      description:
        'Ends the operation that holds it as CANCELLED, which frees all of its locks; who did it and why is kept. Its command changes nothing any more. Needs the scope `admin`.',
      query: {
        dataClass: BreakQuery,
        parameters: { reason: { description: 'Why', example: 'the platform never answered' } },
      },
      ok: { description: 'The lock that was broken', schema: 'Lock', example },
      errors: ['REQUEST_INVALID', 'FORBIDDEN', 'LOCK_NOT_FOUND'],
    }),
  );
