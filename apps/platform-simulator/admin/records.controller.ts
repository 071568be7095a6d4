import { Body, Controller, Get, HttpCode, HttpStatus, Inject, Post, Query } from '@nestjs/common';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { SIMULATION, type Simulation } from '../simulation.js';
import type { LedgerEntry } from '../world/ledger.js';
import type { PlatformCounts } from '../world/world.js';
import { read } from './read-body.js';

class RequestsQuery {
  @IsOptional()
  @IsString()
  platform?: string;

  @IsOptional()
  @IsString()
  iccid?: string;

  @IsOptional()
  @IsString()
  idempotencyKey?: string;

  @IsOptional()
  @IsString()
  reference?: string;

  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  repeated: boolean = false;

  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  after: number = 0;

  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(10_000)
  limit: number = 1000;
}

class ResetBody {
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(2 ** 31 - 1)
  seed?: number;
}

/** What the platforms received and did, and how to forget it. */
@Controller('simulator/v1')
export class RecordsController {
  constructor(@Inject(SIMULATION) private readonly simulation: Simulation) {}

  /** Change requests by idempotency key, in order of first arrival. */
  @Get('requests')
  requests(@Query() query: unknown): { requests: Omit<LedgerEntry, 'answer'>[] } {
    const filter = read(RequestsQuery, query);
    const entries = this.simulation.world.ledger.list(filter);
    return { requests: entries.map(({ answer: _answer, ...told }) => told) };
  }

  @Get('counts')
  counts(): { seed: number; platforms: Record<string, PlatformCounts> } {
    const { seed, platforms } = this.simulation.world;
    return { seed, platforms: Object.fromEntries([...platforms].map(([name, { counts }]) => [name, counts])) };
  }

  @Post('reset')
  @HttpCode(HttpStatus.NO_CONTENT)
  reset(@Body() body: unknown): void {
    this.simulation.reset(read(ResetBody, body).seed);
  }
}
