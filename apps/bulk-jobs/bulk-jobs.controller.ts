import { Controller, Inject } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import type { Config } from '#libs/config';
import { commandType, type CommandData } from '#libs/contracts';
import { CONFIG } from '#libs/runtime';
import type { Command, Decision, HandlerContext } from '#libs/transactions';
import { cancelBulkJob } from './cancel/cancel-bulk-job.handler.js';
import { retryFailedItems } from './retry/retry-failed-items.handler.js';
import { submitBulkJob } from './submit/submit-bulk-job.handler.js';

/** Commands on bulk jobs, each type as a batch in one transaction. */
@Controller()
export class BulkJobsController {
  private readonly handlers;

  constructor(@Inject(CONFIG) { bulkDeadlineMs }: Pick<Config, 'bulkDeadlineMs'>) {
    this.handlers = {
      submit: submitBulkJob(bulkDeadlineMs),
      cancel: cancelBulkJob,
      retryFailed: retryFailedItems(bulkDeadlineMs),
    };
  }

  @MessagePattern(commandType('SubmitBulkJob'))
  submit(
    @Payload() commands: Command<CommandData<'SubmitBulkJob'>>[],
    @Ctx() context: HandlerContext,
  ): Promise<Decision[]> {
    return this.handlers.submit(commands, context);
  }

  @MessagePattern(commandType('CancelBulkJob'))
  cancel(
    @Payload() commands: Command<CommandData<'CancelBulkJob'>>[],
    @Ctx() context: HandlerContext,
  ): Promise<Decision[]> {
    return this.handlers.cancel(commands, context);
  }

  @MessagePattern(commandType('RetryFailedItems'))
  retryFailed(
    @Payload() commands: Command<CommandData<'RetryFailedItems'>>[],
    @Ctx() context: HandlerContext,
  ): Promise<Decision[]> {
    return this.handlers.retryFailed(commands, context);
  }
}
