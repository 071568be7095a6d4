import { Body, Controller, Delete, Get, HttpCode, HttpStatus, Inject, Param, Post } from '@nestjs/common';
import { SIMULATION, type Simulation } from '../simulation.js';
import { wrongSetting, type Fault } from '../faults/fault.js';
import { FaultBody } from './fault-body.js';
import { found, given, read, refuse } from './read-body.js';

/** What goes wrong, from now on. */
@Controller('simulator/v1/faults')
export class FaultsController {
  constructor(@Inject(SIMULATION) private readonly simulation: Simulation) {}

  @Get()
  list(): { faults: Fault[] } {
    return { faults: this.simulation.world.faults };
  }

  @Post()
  add(@Body() body: unknown): Fault {
    const { world } = this.simulation;
    const settings = given(read(FaultBody, body));
    const wrong = wrongSetting(settings);
    if (wrong) throw refuse(wrong.field, wrong.problem);
    if (!world.platforms.has(settings.platform)) throw refuse('platform', 'must be one of the platforms');
    const fault: Fault = { afterEffect: false, probability: 1, ...settings, id: world.newFaultId(), hits: 0 };
    world.faults.push(fault);
    return fault;
  }

  @Delete(':id')
  @HttpCode(HttpStatus.NO_CONTENT)
  remove(@Param('id') id: string): void {
    const { world } = this.simulation;
    const fault = found(world.faults.find((one) => String(one.id) === id));
    world.faults = world.faults.filter((one) => one !== fault);
  }

  @Delete()
  @HttpCode(HttpStatus.NO_CONTENT)
  removeAll(): void {
    this.simulation.world.faults = [];
  }
}
