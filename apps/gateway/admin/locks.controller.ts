import { Controller, Delete, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SimyardError } from '#libs/errors';
import { listLocks } from '#libs/locks';
import type { Database } from '#libs/postgres';
import { LOGGER, type Logger } from '#libs/runtime';
import { DATABASE } from '../database.js';
import { CallerOf, readQuery, type Caller } from '../http/read-request.js';
import { NoLock } from '../http/write-route.js';
import { breakLock } from './break-lock.js';
import { DescribeBreak, DescribeLocks } from './describe-locks.js';
import { lockView } from './lock-view.js';
import { BreakQuery, isFencingToken, LocksQuery, toLockFilter } from './locks-query.js';

/** Locks that operations of the client's account tree hold; others do not exist. */
@ApiTags('Locks')
@Controller('admin/v1/locks')
export class LocksController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @Get()
  @DescribeLocks()
  async list(@Query() parameters: unknown, @CallerOf() { client }: Caller): Promise<unknown> {
    const filter = toLockFilter(readQuery(LocksQuery, parameters));
    const rows = await listLocks(this.database, client.accountId, { ...filter, limit: filter.limit + 1 });
    const page = rows.slice(0, filter.limit);
    const last = rows.length > page.length ? page.at(-1) : undefined;
    return { locks: page.map(lockView), ...(last && { nextCursor: last.fencingToken }) };
  }

  @Delete(':fencingToken')
  @NoLock('frees locks, of whoever holds them')
  @DescribeBreak()
  async break(
    @Param('fencingToken') fencingToken: string,
    @Query() parameters: unknown,
    @CallerOf() { client }: Caller,
  ): Promise<unknown> {
    const { reason } = readQuery(BreakQuery, parameters);
    if (!isFencingToken(fencingToken)) throw new SimyardError('LOCK_NOT_FOUND');
    const lock = await breakLock(this.database, client, fencingToken, reason);
    this.log.warn({ fencingToken, operationId: lock.operationId, by: client.username }, 'lock broken');
    return lockView(lock);
  }
}
