import { Controller, Get, Inject, Param, Put, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { changeSim } from '../changes/change-sim.js';
import { SIMULATION, type Simulation } from '../simulation.js';
import { countAnswer } from '../world/ledger.js';
import { viewSim } from '../world/sims.js';
import { findSim, type SimulatedPlatform, type World } from '../world/world.js';
import { refusal, type Ending } from './answer.js';
import { findPlatform } from './find-platform.js';
import { iccidPattern, invalid, prepareChange } from './prepare-change.js';
import { sendEnding } from './send-ending.js';
import { nextCall, serve } from './serve.js';

/** The HTTP contract of a platform (docs/platform-contract.md), for each below its name. */
@Controller(':platform/v1')
export class PlatformController {
  constructor(@Inject(SIMULATION) private readonly simulation: Simulation) {}

  @Get('sims/:iccid')
  async sim(
    @Param('platform') name: string,
    @Param('iccid') iccid: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.answer(name, request, reply, (world, platform) => {
      if (!iccidPattern.test(iccid)) return invalid('iccid', 'must be 18 to 20 digits');
      const record = findSim(platform, iccid);
      if (!record) return refusal('SIM_NOT_FOUND');
      const call = nextCall(world, platform, record, 'read');
      return serve(world, platform, call, () => ({ status: 200, body: viewSim(record) }));
    });
  }

  @Put('sims/:iccid/:change')
  async change(
    @Param('platform') name: string,
    @Param() path: { iccid: string; change: string },
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.answer(name, request, reply, async (world, platform) => {
      const prepared = prepareChange(world, platform, { iccid: path.iccid, kind: path.change }, request);
      if ('status' in prepared) return prepared;
      const { change, idempotencyKey, reference } = prepared;
      const arrival = { platform: platform.name, iccid: path.iccid, idempotencyKey, reference, change };
      const entry = world.ledger.receive(arrival);
      const call = nextCall(world, platform, prepared.record, 'change');
      const ending = await serve(world, platform, call, () => changeSim(prepared, entry, call));
      countAnswer(entry, typeof ending === 'string' ? ending : String(ending.status));
      return ending;
    });
  }

  @Get('requests/:requestId')
  async request(
    @Param('platform') name: string,
    @Param('requestId') requestId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.answer(name, request, reply, (world, platform) => {
      const accepted = platform.requests.get(requestId);
      const record = accepted && findSim(platform, accepted.request.iccid);
      if (!record) return refusal('REQUEST_NOT_FOUND');
      const call = nextCall(world, platform, record, 'poll');
      return serve(world, platform, call, () => ({ status: 200, body: accepted.request }));
    });
  }

  private async answer(
    name: string,
    request: FastifyRequest,
    reply: FastifyReply,
    end: (world: World, platform: SimulatedPlatform) => Ending | Promise<Ending>,
  ): Promise<void> {
    const { world } = this.simulation;
    const platform = findPlatform(world, name, request);
    const ending = 'status' in platform ? platform : await end(world, platform);
    await sendEnding(reply, ending, world);
  }
}
