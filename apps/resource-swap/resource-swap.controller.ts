import { Controller } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { commandType, type CommandData } from '#libs/contracts';
import { resourceTypeSource } from '#libs/inventory';
import type { Command, Decision, HandlerContext } from '#libs/transactions';
import { createSubscriberResource } from './create/create-resource.handler.js';
import { deleteSubscriberResource } from './delete/delete-resource.handler.js';
import { swapSubscriberResource } from './swap/swap-resource.handler.js';

/** Commands on subscribers' resources, each type as a batch in one transaction. */
@Controller()
export class ResourceSwapController {
  private readonly configuredTypes = resourceTypeSource();
  private readonly handlers = {
    create: createSubscriberResource(this.configuredTypes),
    delete: deleteSubscriberResource(this.configuredTypes),
    swap: swapSubscriberResource(this.configuredTypes),
  };

  @MessagePattern(commandType('CreateSubscriberResource'))
  create(
    @Payload() commands: Command<CommandData<'CreateSubscriberResource'>>[],
    @Ctx() context: HandlerContext,
  ): Promise<Decision[]> {
    return this.handlers.create(commands, context);
  }

  @MessagePattern(commandType('DeleteSubscriberResource'))
  delete(
    @Payload() commands: Command<CommandData<'DeleteSubscriberResource'>>[],
    @Ctx() context: HandlerContext,
  ): Promise<Decision[]> {
    return this.handlers.delete(commands, context);
  }

  @MessagePattern(commandType('SwapSubscriberResource'))
  swap(
    @Payload() commands: Command<CommandData<'SwapSubscriberResource'>>[],
    @Ctx() context: HandlerContext,
  ): Promise<Decision[]> {
    return this.handlers.swap(commands, context);
  }
}
