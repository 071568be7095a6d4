import { Body, Controller, Get, HttpCode, HttpStatus, Inject, Param, Put } from '@nestjs/common';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString, Matches, ValidateNested } from 'class-validator';
import { simStatuses, type SimStatus } from '#libs/contracts';
import type { Sim } from '#libs/platforms';
import { iccidPattern } from '../contract/prepare-change.js';
import { SIMULATION, type Simulation } from '../simulation.js';
import { newSim, viewSim } from '../world/sims.js';
import { found, read } from './read-body.js';

class GivenSim {
  @IsString()
  platform!: string;

  @Matches(iccidPattern)
  iccid!: string;

  @IsIn(simStatuses)
  status!: SimStatus;

  @IsOptional()
  @IsString()
  account?: string | null;
}

class SimsBody {
  @IsArray()
  @ArrayMaxSize(10_000)
  @ValidateNested({ each: true })
  @Type(() => GivenSim)
  sims!: GivenSim[];
}

/** SIMs as the platforms have them, read and set without fault, latency or limit. */
@Controller('simulator/v1/sims')
export class SimsController {
  constructor(@Inject(SIMULATION) private readonly simulation: Simulation) {}

  /** All or none; a SIM that was there begins anew. */
  @Put()
  @HttpCode(HttpStatus.NO_CONTENT)
  give(@Body() body: unknown): void {
    const { platforms } = this.simulation.world;
    const { sims } = read(SimsBody, body);
    const owners = sims.map(({ platform }) => found(platforms.get(platform)).sims);
    sims.forEach(({ iccid, status, account }, index) => owners[index]?.set(iccid, newSim(iccid, status, account)));
  }

  @Get(':platform/:iccid')
  one(@Param('platform') name: string, @Param('iccid') iccid: string): Sim {
    return viewSim(found(this.simulation.world.platforms.get(name)?.sims.get(iccid)));
  }
}
