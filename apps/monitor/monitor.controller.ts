import { Controller } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { commandType, type CommandData } from '#libs/contracts';
import type { Command, Decision, HandlerContext } from '#libs/transactions';
import { recordPlatformResponses } from './platform-response/record-platform-responses.handler.js';
import { recordSimStates } from './sim-state/record-sim-states.handler.js';

/** What platforms have done and have, as the connector tells it, each type as a batch in one transaction. */
@Controller()
export class MonitorController {
  @MessagePattern(commandType('RecordPlatformResponse'))
  recordPlatformResponse(
    @Payload() commands: Command<CommandData<'RecordPlatformResponse'>>[],
    @Ctx() context: HandlerContext,
  ): Promise<Decision[]> {
    return recordPlatformResponses(commands, context);
  }

  @MessagePattern(commandType('RecordSimState'))
  recordSimState(
    @Payload() commands: Command<CommandData<'RecordSimState'>>[],
    @Ctx() context: HandlerContext,
  ): Promise<Decision[]> {
    return recordSimStates(commands, context);
  }
}
