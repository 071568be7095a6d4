import { createWorld, endWorld, type World } from './world/world.js';

/** Nest's token of the Simulation. */
export const SIMULATION = Symbol('simulation');

/** The world as it is now. A request keeps to the one it came into. */
export interface Simulation {
  readonly world: World;
  /** Forgets SIMs, requests, faults and changed settings; draws from the seed from now on. */
  reset(seed?: number): void;
  stop(): void;
}

const defaultSeed = 1;

export function createSimulation(): Simulation {
  let world = createWorld(defaultSeed);
  return {
    get world() {
      return world;
    },
    reset: (seed = defaultSeed) => {
      endWorld(world);
      world = createWorld(seed);
    },
    stop: () => endWorld(world),
  };
}
