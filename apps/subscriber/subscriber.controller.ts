import { Controller, Inject } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import type { Config } from '#libs/config';
import { commandType, type CommandData } from '#libs/contracts';
import { resourceTypeSource } from '#libs/inventory';
import { platformSource } from '#libs/platforms';
import { CONFIG } from '#libs/runtime';
import type { Command, Decision, HandlerContext } from '#libs/transactions';
import { resetActivationTimes } from './activation-time/reset-activation-time.handler.js';
import { createSubscriber } from './create/create-subscriber.handler.js';
import {
  createExternalParams,
  deleteExternalParams,
  modifyExternalParams,
} from './external-params/external-params.handler.js';
import { attachOffers, detachOffers } from './offers/change-offers.handler.js';
import { assignCustomPropertiesOfSims } from './sim-properties/assign-custom-properties.handler.js';
import { changeSimStatuses } from './sim-status/change-sim-status.handler.js';
import { changeSubscriberStatus } from './status/change-status.handler.js';
import { transferSims } from './transfer/transfer-sim.handler.js';

/** Commands on subscribers as such and on accounts' external parameters, each type as a batch in one transaction. */
@Controller()
export class SubscriberController {
  private readonly handlers;

  constructor(@Inject(CONFIG) config: Pick<Config, 'operationDeadlineMs' | 'secretPepper'>) {
    const types = resourceTypeSource();
    const platforms = platformSource(config.secretPepper);
    const sims = { types, platforms, operationDeadlineMs: config.operationDeadlineMs };
    this.handlers = {
      create: createSubscriber({ types, platforms }),
      changeStatus: changeSubscriberStatus(sims),
      attachOffer: attachOffers(types),
      detachOffer: detachOffers(types),
      changeSimStatus: changeSimStatuses(sims),
      resetActivationTime: resetActivationTimes(types),
      assignCustomProperties: assignCustomPropertiesOfSims(sims),
      transferSim: transferSims(sims),
    };
  }

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

  @MessagePattern(commandType('AttachOffer'))
  attachOffer(
    @Payload() commands: Command<CommandData<'AttachOffer'>>[],
    @Ctx() context: HandlerContext,
  ): Promise<Decision[]> {
    return this.handlers.attachOffer(commands, context);
  }

  @MessagePattern(commandType('DetachOffer'))
  detachOffer(
    @Payload() commands: Command<CommandData<'DetachOffer'>>[],
    @Ctx() context: HandlerContext,
  ): Promise<Decision[]> {
    return this.handlers.detachOffer(commands, context);
  }

  @MessagePattern(commandType('ChangeSimStatus'))
  changeSimStatus(
    @Payload() commands: Command<CommandData<'ChangeSimStatus'>>[],
    @Ctx() context: HandlerContext,
  ): Promise<Decision[]> {
    return this.handlers.changeSimStatus(commands, context);
  }

  @MessagePattern(commandType('ResetActivationTime'))
  resetActivationTime(
    @Payload() commands: Command<CommandData<'ResetActivationTime'>>[],
    @Ctx() context: HandlerContext,
  ): Promise<Decision[]> {
    return this.handlers.resetActivationTime(commands, context);
  }

  @MessagePattern(commandType('AssignCustomProperties'))
  assignCustomProperties(
    @Payload() commands: Command<CommandData<'AssignCustomProperties'>>[],
    @Ctx() context: HandlerContext,
  ): Promise<Decision[]> {
    return this.handlers.assignCustomProperties(commands, context);
  }

  @MessagePattern(commandType('TransferSim'))
  transferSim(
    @Payload() commands: Command<CommandData<'TransferSim'>>[],
    @Ctx() context: HandlerContext,
  ): Promise<Decision[]> {
    return this.handlers.transferSim(commands, context);
  }

  @MessagePattern(commandType('CreateExternalParam'))
  createExternalParam(
    @Payload() commands: Command<CommandData<'CreateExternalParam'>>[],
    @Ctx() context: HandlerContext,
  ): Promise<Decision[]> {
    return createExternalParams(commands, context);
  }

  @MessagePattern(commandType('ModifyExternalParam'))
  modifyExternalParam(
    @Payload() commands: Command<CommandData<'ModifyExternalParam'>>[],
    @Ctx() context: HandlerContext,
  ): Promise<Decision[]> {
    return modifyExternalParams(commands, context);
  }

  @MessagePattern(commandType('DeleteExternalParam'))
  deleteExternalParam(
    @Payload() commands: Command<CommandData<'DeleteExternalParam'>>[],
    @Ctx() context: HandlerContext,
  ): Promise<Decision[]> {
    return deleteExternalParams(commands, context);
  }
}
