import { Body, Controller, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { listItems, listJobs, streamItems } from '#libs/bulk';
import type { Database } from '#libs/postgres';
import { DATABASE } from '../database.js';
import { sendAnswer } from '../http/answer.js';
import { OriginOf, type Origin } from '../http/origin.js';
import { CallerOf, expectNoBody, readQuery, type Caller } from '../http/read-request.js';
import { WriteRoute } from '../http/write-route.js';
import { acceptedJob } from './accepted-job.js';
import { ItemsQuery, JobsQuery, ResultsQuery, toItemFilter, toJobFilter } from './bulk-queries.js';
import { CHANGE_JOB, type ChangeJob } from './change-job.js';
import { DescribeCancel, DescribeRetry, DescribeSubmit } from './describe-bulk-writes.js';
import { DescribeItems, DescribeJob, DescribeJobs, DescribeResults } from './describe-bulk-reads.js';
import { findJob, findJobView } from './find-job.js';
import { itemView, jobView } from './job-view.js';
import { resultsCsv } from './results-csv.js';
import { SUBMIT_JOB, type SubmitJob } from './submit-job.js';

const JobId = (): MethodDecorator => ApiParam({ name: 'jobId', description: 'From the submission', format: 'uuid' });

/** Bulk jobs of the client's account tree, from wherever they came; others do not exist. */
@ApiTags('Bulk jobs')
@Controller('admin/v1/bulk-jobs')
export class BulkJobsController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(SUBMIT_JOB) private readonly submitJob: SubmitJob,
    @Inject(CHANGE_JOB) private readonly changeJob: ChangeJob,
  ) {}

  @Post()
  @WriteRoute('admin', 'SubmitBulkJob')
  @DescribeSubmit()
  async submit(
    @Req() request: FastifyRequest,
    @Query() query: unknown,
    @OriginOf() origin: Origin,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await sendAnswer(reply, acceptedJob(await this.submitJob(request, query, origin)));
  }

  @Post(':jobId/cancel')
  @WriteRoute('admin', 'CancelBulkJob')
  @JobId()
  @DescribeCancel()
  async cancel(
    @Param('jobId') jobId: string,
    @Body() body: unknown,
    @OriginOf() origin: Origin,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    expectNoBody(body);
    await sendAnswer(reply, await this.changeJob.cancel(jobId, origin));
  }

  @Post(':jobId/retry-failed')
  @WriteRoute('admin', 'RetryFailedItems')
  @JobId()
  @DescribeRetry()
  async retryFailed(
    @Param('jobId') jobId: string,
    @Body() body: unknown,
    @OriginOf() origin: Origin,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    expectNoBody(body);
    await sendAnswer(reply, await this.changeJob.retryFailed(jobId, origin));
  }

  @Get()
  @DescribeJobs()
  async list(@Query() parameters: unknown, @CallerOf() { client }: Caller): Promise<unknown> {
    const filter = toJobFilter(readQuery(JobsQuery, parameters));
    const rows = await listJobs(this.database, client.accountId, { ...filter, limit: filter.limit + 1 });
    const page = rows.slice(0, filter.limit);
    const last = rows.length > page.length ? page.at(-1) : undefined;
    return { jobs: page.map(jobView), ...(last && { nextCursor: last.jobId }) };
  }

  @Get(':jobId')
  @JobId()
  @DescribeJob()
  one(@Param('jobId') jobId: string, @CallerOf() { client }: Caller): Promise<unknown> {
    return findJobView(this.database, client, jobId);
  }

  @Get(':jobId/items')
  @JobId()
  @DescribeItems()
  async items(
    @Param('jobId') jobId: string,
    @Query() parameters: unknown,
    @CallerOf() { client }: Caller,
  ): Promise<unknown> {
    const filter = toItemFilter(readQuery(ItemsQuery, parameters));
    await findJob(this.database, client, jobId);
    const rows = await listItems(this.database, client.accountId, jobId, { ...filter, limit: filter.limit + 1 });
    const page = rows.slice(0, filter.limit);
    const last = rows.length > page.length ? page.at(-1) : undefined;
    return { items: page.map(itemView), ...(last && { nextCursor: String(last.ordinal) }) };
  }

  @Get(':jobId/results.csv')
  @JobId()
  @DescribeResults()
  async results(
    @Param('jobId') jobId: string,
    @Query() parameters: unknown,
    @CallerOf() { client }: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { status } = readQuery(ResultsQuery, parameters);
    await findJob(this.database, client, jobId);
    const items = streamItems(this.database, client.accountId, jobId, status);
    const headers = { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': disposition(jobId) };
    await reply.headers(headers).send(Readable.from(resultsCsv(items)));
  }
}

const disposition = (jobId: string): string => `attachment; filename="bulk-job-${jobId}.csv"`;
