import { Body, Controller, Get, Inject, Param, Patch } from '@nestjs/common';
import { SIMULATION, type Simulation } from '../simulation.js';
import { defaultSettings, type PlatformSettings } from '../world/settings.js';
import { newPlatform } from '../world/world.js';
import { found, given, read, refuse } from './read-body.js';
import { SettingsBody } from './settings-body.js';

/** The platforms and how they are simulated. */
@Controller('simulator/v1/platforms')
export class PlatformsController {
  constructor(@Inject(SIMULATION) private readonly simulation: Simulation) {}

  @Get()
  list(): { platforms: Record<string, PlatformSettings> } {
    const named = [...this.simulation.world.platforms].map(([name, { settings }]) => [name, settings] as const);
    return { platforms: Object.fromEntries(named) };
  }

  @Get(':name')
  one(@Param('name') name: string): PlatformSettings {
    return found(this.simulation.world.platforms.get(name)).settings;
  }

  /** Settings that are not given stay as they are; a name that is not there becomes one more platform. */
  @Patch(':name')
  change(@Param('name') name: string, @Body() body: unknown): PlatformSettings {
    if (!/^[A-Z0-9_-]{1,32}$/.test(name)) throw refuse('name', 'must be 1 to 32 of A-Z, 0-9, _ and -');
    const settings = read(SettingsBody, body);
    for (const field of ['answerMs', 'completionMs'] as const) {
      const range = settings[field];
      if (range && range.max < range.min) throw refuse(`${field}.max`, 'must not be below min');
    }
    const isUnlimited = settings.rateLimit === null;
    const { platforms } = this.simulation.world;
    const platform = platforms.get(name) ?? newPlatform(name, defaultSettings(name));
    const { rateLimit, ...others } = { ...platform.settings, ...given(settings) };
    platform.settings = { ...others, ...(rateLimit && !isUnlimited && { rateLimit }) };
    platforms.set(name, platform);
    return platform.settings;
  }
}
