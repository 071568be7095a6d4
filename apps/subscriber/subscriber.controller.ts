import { Controller } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { commandType, type CommandData } from '#libs/contracts';
import { resourceTypeSource } from '#libs/inventory';
import type { Command, Decision, HandlerContext } from '#libs/transactions';
import { createSubscriber } from './create/create-subscriber.handler.js';
import { changeSubscriberStatus } from './status/change-status.handler.js';

/** Commands on subscribers as such, each type as a batch in one transaction. */
@Controller()
export class SubscriberController {
  private readonly configuredTypes = resourceTypeSource();
  private readonly handlers = {
    create: createSubscriber(this.configuredTypes),
    changeStatus: changeSubscriberStatus(this.configuredTypes),
  };

  @MessagePattern(commandType('CreateSubscriber'))
  create(
    @Payload() commands: Command<CommandData<'CreateSubscriber'>>[],
    @Ctx() context: HandlerContext,
  ): Promise<Decision[]> {
    return this.handlers.create(commands, context);
  }

  @MessagePattern(commandType('ChangeSubscriberStatus'))
  changeStatus(
    @Payload() commands: Command<CommandData<'ChangeSubscriberStatus'>>[],
    @Ctx() context: HandlerContext,
  ): Promise<Decision[]> {
    return this.handlers.changeStatus(commands, context);
  }
}
